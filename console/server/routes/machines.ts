import { SocError } from '#core/errors.ts'
import { may } from '#control/rights/permissions.ts'
import type { Context } from '../context.ts'
import { cookieName } from '../gate.ts'
import { metricsText } from '../views/metrics.ts'
import type { machinesApi } from '#core/api/machines.ts'
import type { Handlers } from './serve.ts'

const isLoopback = (address: string) => /^(?:::ffff:)?127\.|^::1$/.test(address)

/** What machines ask: alive, ready, figures; and the description of the API. */
export function machineHandlers(context: Context): Handlers<typeof machinesApi> {
  return {
    'GET /healthz': () => ({ ok: true }),
    'GET /readyz': (_request, reply) => {
      // Names only: the reasons are on the sources screen, for those who may read it.
      const parts = context.readiness().map(({ name, ready }) => ({ name, ready }))
      const ready = parts.every((part) => part.ready)
      void reply.code(ready ? 200 : 503)
      return { ready, parts }
    },
    'GET /metrics': (request, reply) => {
      // A proxy on this machine speaks for others: what it forwards is not local.
      const local = isLoopback(request.ip) && request.headers['x-forwarded-for'] === undefined
      const viewer = context.sessions.find(request.cookies[cookieName(context.config.SOC_TLS_CERT !== '')] ?? '')
      const known = viewer !== undefined && !viewer.mustChangePassword && may(viewer, 'metrics.read')
      if (!local && !known) throw new SocError('access.denied', 'metrics are for this machine', { status: 403 })
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(context))
    },
    'GET /api/openapi.json': (request) => request.server.swagger()
  }
}

import { Type } from 'typebox'
import { NewHeartbeatKey, ProbeChange, ProbeDetail, ProbeDraft, ProbeResultView, ProbeRow } from '#core/api/health.ts'
import { SocError } from '#core/errors.ts'
import { UPLINK } from '#core/health.ts'
import { kindNamed, placeOf } from '#core/probes/target.ts'
import { heartbeatSnippet } from '#control/senders/snippets.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { probesView, systemInScope } from '../views/health-view.ts'
import { showWhole } from '#control/rights/masking.ts'
import type { Scope } from '#control/rights/scope.ts'
import { Id, Nothing } from './query.ts'

/** Tries of one person in a minute: enough to get a form right, too few to walk a network with. */
const TRIES_PER_MINUTE = 20
/** Tries running at once for everybody; the next is refused until one ends. */
const MAX_TRIES = 8
/** Somebody waits in front of the screen: a try is one attempt, and at most this long. */
const TRY_TIMEOUT_MS = 15_000

/** Probes: definitions, last results, a try, and the keys of heartbeats. */
export function probeRoutes(app: App, context: Context): void {
  const { control, health, inventory } = context

  function mine(id: string, scope: Scope): ProbeRow {
    const detail = health.withProbe(id).probe(id)
    if (detail === undefined || !systemInScope(context, scope, detail.probe.draft.system)) throw notFound('probe', id)
    return detail.probe
  }
  function mayPlace(system: string, scope: Scope) {
    const known = system === UPLINK || inventory.system(system) !== undefined
    if (!known || !systemInScope(context, scope, system))
      throw new SocError('system.unknown', 'no such system', { status: 422, params: { system } })
  }

  app.get('/api/probes', { schema: { summary: 'Probes', response: { 200: Type.Array(ProbeRow) } } }, (request) =>
    probesView(context, health.probes(), { role: viewerOf(request).role, scope: request.scope })
  )

  app.get(
    '/api/probes/:id',
    { schema: { summary: 'One probe', params: Id, response: { 200: ProbeDetail } } },
    (request) => {
      mine(request.params.id, request.scope)
      const detail = health.withProbe(request.params.id).probe(request.params.id)
      if (detail === undefined) throw notFound('probe', request.params.id)
      return detail
    }
  )

  app.post(
    '/api/probes',
    { schema: { summary: 'New probe', body: ProbeDraft, response: { 200: ProbeRow } } },
    (request) => {
      mayPlace(request.body.system, request.scope)
      return control.transaction(() => {
        const row = health.of('real').addProbe(request.body)
        auditAct(context, request, 'probe.created', row.id, auditWords(row.draft))
        return row
      })
    }
  )

  app.patch(
    '/api/probes/:id',
    { schema: { summary: 'Change a probe', params: Id, body: ProbeChange, response: { 200: ProbeRow } } },
    (request) => {
      const { id } = request.params
      mine(id, request.scope)
      if (request.body.system !== undefined) mayPlace(request.body.system, request.scope)
      return control.transaction(() => {
        const row = health.withProbe(id).changeProbe(id, request.body)
        auditAct(context, request, 'probe.changed', id, auditWords(row.draft))
        return row
      })
    }
  )

  app.delete(
    '/api/probes/:id',
    { schema: { summary: 'Remove a probe', params: Id, response: { 204: Nothing } } },
    (request, reply) => {
      const { id } = request.params
      const { draft } = mine(id, request.scope)
      control.transaction(() => {
        health.withProbe(id).removeProbe(id)
        auditAct(context, request, 'probe.removed', id, auditWords(draft))
      })
      void reply.code(204)
      return null
    }
  )

  app.post(
    '/api/probes/:id/heartbeat-key',
    {
      schema: { summary: 'New heartbeat key, shown once', params: Id, response: { 200: NewHeartbeatKey } }
    },
    (request) => {
      const { id } = request.params
      const probe = mine(id, request.scope)
      if (probe.kind !== 'heartbeat')
        throw new SocError('probe.no_heartbeat', 'this probe asks by itself', { status: 422, params: { id } })
      const key = control.transaction(() => {
        auditAct(context, request, 'probe.heartbeat_key', id)
        return health.withProbe(id).newHeartbeatKey(id)
      })
      return showWhole({ probe, key, snippets: [heartbeatSnippet({ probe: id, key, ...context.intake() })] })
    }
  )

  let tries = 0
  app.post(
    '/api/probes/try',
    {
      schema: {
        summary: 'Run a probe once, without counting it',
        body: ProbeDraft,
        response: { 200: ProbeResultView }
      },
      config: {
        rateLimit: {
          max: TRIES_PER_MINUTE,
          timeWindow: 60_000,
          keyGenerator: (request) => request.viewer?.id ?? request.ip
        }
      }
    },
    async (request) => {
      const draft = request.body
      mayPlace(draft.system, request.scope)
      if (!kindNamed(draft.target.kind).asked)
        throw new SocError('probe.not_asked', 'a heartbeat comes by itself and cannot be asked for', { status: 422 })
      if (tries >= MAX_TRIES)
        throw new SocError('probe.busy', 'too many tries at once', { status: 429, params: { retryAfterS: 5 } })
      // On record before the first packet leaves.
      auditAct(context, request, 'probe.tried', draft.system, auditWords(draft))
      tries += 1
      try {
        return await health.tryProbe({ ...draft, attempts: 1, timeoutMs: Math.min(draft.timeoutMs, TRY_TIMEOUT_MS) })
      } finally {
        tries -= 1
      }
    }
  )
}

/** What the audit log keeps of a definition. */
function auditWords({ name, system, target, enabled }: ProbeDraft): Record<string, unknown> {
  return { name, system, kind: target.kind, at: placeOf(target).slice(0, 300), enabled }
}

import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault
} from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { DoorLimits } from '#core/door.ts'
import { SocError } from '#core/errors.ts'
import type { Viewer } from '#control/accounts/sessions.ts'
import type { ControlPlane } from '#control/control-plane.ts'
import type { Scope } from '#control/rights/scope.ts'
import type { SourcesStatus } from '#control/senders/sources-status.ts'
import type { ReplayAnswer } from '#core/api/sources.ts'
import type { StoreReader } from '#core/event-search.ts'
import type { Live } from './live/live.ts'

/** What the console needs besides the control plane: the data plane's side, and how this process is run. */
export type ConsoleParts = {
  search: Omit<StoreReader, 'close'>
  sources(): SourcesStatus
  /** Puts dead letters back into the spool. */
  replay(ids: string[]): Promise<ReplayAnswer>
  demonstration: { status(): { running: boolean; startedAt: number } | null; end(): Promise<void> }
  /** What /readyz asks: every part by name, with the reason when it is not ready. */
  readiness(): { name: string; ready: boolean; reason: string }[]
  /** Where senders reach the intake, for the snippets beside a new token. */
  intake(): { host: string; httpPort: number; syslogPort: number; tls?: boolean }
  version: string
  /** Places of the door; without them as many as the process may open files for. */
  doorLimits?: DoorLimits
  /** Folder of the built browser part; undefined serves the API alone. */
  webRoot?: string
  /** The process log; without it failures of requests are not written down. */
  requestLog?: FastifyBaseLogger
}

/** What routes work with: the control plane's services, the console's own parts, and the live feed. */
export type Context = Omit<ControlPlane, keyof ConsoleParts> & ConsoleParts & { live: Live }

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate; undefined on public routes. */
    viewer: Viewer | undefined
    scope: Scope
  }
}

type Seen = Pick<FastifyRequest, 'viewer' | 'scope' | 'ip'>

/** The signed-in person of a request that the gate has let through. */
export function viewerOf(request: Seen): Viewer {
  if (request.viewer === undefined) throw new SocError('session.none', 'not signed in', { status: 401 })
  return request.viewer
}

/** Writes one act of the signed-in person into the audit log. */
export function auditAct(
  context: Context,
  request: Seen,
  act: string,
  target: string,
  params: Record<string, unknown> = {}
): void {
  context.audit.record({ user: viewerOf(request).username, act, target, params, address: request.ip })
}

export { notFound } from '#core/errors.ts'

import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault
} from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { SocError } from '#core/errors.ts'
import type { Audit } from '#control/accounts/audit.ts'
import type { Grants } from '#control/accounts/grants.ts'
import type { Links } from '#control/accounts/links.ts'
import type { OidcAccounts } from '#control/accounts/oidc-accounts.ts'
import type { Oidc } from '#control/accounts/oidc.ts'
import type { Policy } from '#control/accounts/policy.ts'
import type { SignInSteps } from '#control/accounts/sign-in-steps.ts'
import type { Totp } from '#control/accounts/totp.ts'
import type { SignInLimit } from '#control/accounts/sign-in-limit.ts'
import type { Sessions, Viewer } from '#control/accounts/sessions.ts'
import type { Users } from '#control/accounts/users.ts'
import type { Live } from './live/live.ts'
import type { Parts } from './parts.ts'
import type { Scope } from '#control/rights/scope.ts'
import type { Senders } from '#control/senders/senders.ts'
import type { FiguresReader } from '#control/figures/reader.ts'
import type { Reports } from '#control/reports/reports.ts'
import type { Tasks } from '#control/tasks/tasks.ts'

/** What routes work with: the parts handed in and the console's own. */
export type Context = Parts & {
  audit: Audit
  users: Users
  sessions: Sessions
  senders: Senders
  signInLimit: SignInLimit
  steps: SignInSteps
  policy: Policy
  grants: Grants
  totp: Totp
  links: Links
  /** Undefined without an identity provider. */
  oidc: Oidc | undefined
  oidcAccounts: OidcAccounts
  tasks: Tasks
  figures: FiguresReader
  reports: Reports
  live: Live
}

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
  interface FastifyInstance {
    live: Live
    /** The composition root calls its `tick` every few seconds. */
    tasks: Tasks
    /** For the schedule; ticked by the composition root. */
    reports: Reports
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

/** The same answer for what does not exist and for what belongs to another unit: existence is not told. */
export function notFound(kind: string, id: string): SocError {
  return new SocError(`${kind}.not_found`, 'there is no such record, or it is not yours', {
    status: 404,
    params: { id: id.slice(0, 100) }
  })
}

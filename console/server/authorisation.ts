import type { Role } from '#core/roles.ts'

/** What can be allowed to a role. Reads and acts are apart, so that an auditor reads everything and acts on nothing. */
export const permissions = [
  'summary.read',
  'alerts.read',
  'alerts.act',
  'incidents.read',
  'incidents.act',
  'units.read',
  'contacts.read',
  'contacts.write',
  'events.read',
  'events.unmask',
  'sources.read',
  'sources.write',
  'dead_letters.read',
  'dead_letters.replay',
  'rules.read',
  'models.read',
  'catalogue.write',
  'health.read',
  'probes.read',
  'probes.write',
  'probes.try',
  'maintenance.write',
  'posture.read',
  'people.read',
  'users.manage',
  'audit.read',
  'metrics.read',
  'demonstration.end',
  'tasks.read',
  'tasks.send',
  'tasks.answer',
  'tasks.evidence'
] as const
export type Permission = (typeof permissions)[number]

/**
 * `public`: anyone. `own_session`: signed in, even before the first password is changed. `signed_in`: any role.
 * A permission: roles that hold it.
 */
export type Access = 'public' | 'own_session' | 'signed_in' | Permission

/**
 * Every route and every push of the console. A route that is not here cannot be registered, a request that finds no
 * entry is refused: deny by default.
 */
export const access: Readonly<Record<string, Access>> = {
  'POST /api/session': 'public',
  'GET /api/session': 'own_session',
  'DELETE /api/session': 'own_session',
  'POST /api/session/password': 'own_session',
  'POST /api/session/step': 'public',
  'GET /api/session/ways': 'public',
  'POST /api/session/oidc': 'public',
  'GET /api/session/oidc/return': 'public',
  // The link's own secret is the right; looking changes nothing.
  'GET /api/welcome/:token': 'public',
  'POST /api/welcome/:token': 'public',
  'GET /api/account': 'own_session',
  'POST /api/account/totp': 'own_session',
  'POST /api/account/totp/confirm': 'own_session',
  'POST /api/account/totp/recovery': 'own_session',
  'POST /api/account/totp/disable': 'own_session',
  'DELETE /api/account/sessions': 'own_session',
  'DELETE /api/account/sessions/:id': 'own_session',
  'GET /api/summary': 'summary.read',
  'GET /api/alerts': 'alerts.read',
  'GET /api/alerts/:id': 'alerts.read',
  'POST /api/alerts/acts': 'alerts.act',
  'GET /api/incidents': 'incidents.read',
  'GET /api/incidents/:id': 'incidents.read',
  'POST /api/incidents/:id/acts': 'incidents.act',
  'GET /api/units': 'units.read',
  'GET /api/units/:code': 'units.read',
  'PUT /api/units/:code/contacts': 'contacts.write',
  'GET /api/events': 'events.read',
  'GET /api/events/histogram': 'events.read',
  'GET /api/events/:id': 'events.read',
  'POST /api/events/:id/unmask': 'events.unmask',
  'GET /api/sources': 'sources.read',
  'POST /api/sources': 'sources.write',
  'PATCH /api/sources/:id': 'sources.write',
  'POST /api/sources/:id/tokens': 'sources.write',
  'DELETE /api/sources/:id/tokens': 'sources.write',
  'GET /api/dead-letters': 'dead_letters.read',
  'POST /api/dead-letters/replay': 'dead_letters.replay',
  'GET /api/rules': 'rules.read',
  'GET /api/rules/:id': 'rules.read',
  'GET /api/catalogue': 'models.read',
  'GET /api/catalogue/changes': 'catalogue.write',
  'POST /api/catalogue/changes': 'catalogue.write',
  'POST /api/catalogue/changes/:id/revert': 'catalogue.write',
  'GET /api/models': 'models.read',
  'GET /api/models/:id': 'models.read',
  'GET /api/health/wall': 'health.read',
  'GET /api/models/:id/health': 'health.read',
  'GET /api/systems': 'health.read',
  'GET /api/systems/:id': 'health.read',
  'GET /api/probes': 'probes.read',
  'GET /api/probes/:id': 'probes.read',
  'POST /api/probes': 'probes.write',
  'PATCH /api/probes/:id': 'probes.write',
  'DELETE /api/probes/:id': 'probes.write',
  'POST /api/probes/:id/heartbeat-key': 'probes.write',
  'POST /api/probes/try': 'probes.try',
  'GET /api/maintenance': 'health.read',
  'POST /api/maintenance': 'maintenance.write',
  'POST /api/maintenance/:id/cancel': 'maintenance.write',
  'GET /api/posture': 'posture.read',
  'GET /api/posture/units': 'posture.read',
  'GET /api/posture/units.csv': 'posture.read',
  'GET /api/posture/units/:code': 'posture.read',
  'GET /api/people': 'people.read',
  'GET /api/users': 'users.manage',
  'POST /api/users': 'users.manage',
  'PATCH /api/users/:id': 'users.manage',
  'POST /api/users/:id/password': 'users.manage',
  'DELETE /api/users/:id/sessions': 'users.manage',
  'GET /api/users/:id': 'users.manage',
  'POST /api/users/:id/link': 'users.manage',
  'DELETE /api/users/:id/link': 'users.manage',
  'DELETE /api/users/:id/sessions/:session': 'users.manage',
  'DELETE /api/users/:id/totp': 'users.manage',
  'PUT /api/users/:id/oidc': 'users.manage',
  'POST /api/users/:id/grants': 'users.manage',
  'DELETE /api/users/:id/grants/:grant': 'users.manage',
  'GET /api/account-policy': 'users.manage',
  'PUT /api/account-policy': 'users.manage',
  'GET /api/audit': 'audit.read',
  'GET /api/audit/export': 'audit.read',
  'POST /api/demonstration/end': 'demonstration.end',
  'GET /api/tasks': 'tasks.read',
  'GET /api/tasks/:id': 'tasks.read',
  'GET /api/task-suggestion': 'tasks.send',
  'POST /api/tasks': 'tasks.send',
  'POST /api/tasks/:id/acts': 'tasks.send',
  'POST /api/tasks/:id/answers': 'tasks.answer',
  'POST /api/tasks/:id/files': 'tasks.answer',
  'GET /api/tasks/:id/files/:file': 'tasks.evidence',
  // By the link in a message, without an account: the link, its device and a nonce are asked by the route itself.
  'GET /api/task-links/:token': 'public',
  'POST /api/task-links/:token/answers': 'public',
  'POST /api/task-links/:token/files': 'public',
  'GET /api/openapi.json': 'signed_in',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  // Answers loopback and those who may read it; the route itself asks.
  'GET /metrics': 'public',
  // The built browser part: the same files for everybody, no data in them.
  'GET /*': 'public',
  'HEAD /*': 'public',
  'LIVE alert:changed': 'alerts.read',
  'LIVE incident:changed': 'incidents.read',
  'LIVE source:changed': 'sources.read',
  'LIVE summary:changed': 'summary.read',
  'LIVE health:changed': 'health.read',
  'LIVE task:changed': 'tasks.read',
  'LIVE sender:heard': 'sources.write'
}

const everyRead: Permission[] = [
  'summary.read',
  'alerts.read',
  'incidents.read',
  'units.read',
  'events.read',
  'sources.read',
  'dead_letters.read',
  'rules.read',
  'models.read',
  'health.read',
  'probes.read',
  'posture.read',
  'tasks.read'
]

/** What each role holds. `events.unmask` is held by the person (`mayUnmask`), never by a role alone. */
const held: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: new Set<Permission>([
    ...everyRead,
    'alerts.act',
    'catalogue.write',
    'incidents.act',
    'contacts.read',
    'contacts.write',
    'events.unmask',
    'sources.write',
    'probes.write',
    'probes.try',
    'maintenance.write',
    'dead_letters.replay',
    'people.read',
    'users.manage',
    'audit.read',
    'metrics.read',
    'demonstration.end',
    'tasks.send',
    'tasks.evidence'
  ]),
  analyst: new Set<Permission>([
    ...everyRead,
    'alerts.act',
    'incidents.act',
    'contacts.read',
    'events.unmask',
    'probes.try',
    'maintenance.write',
    'dead_letters.replay',
    'people.read',
    'tasks.send',
    'tasks.evidence'
  ]),
  // Sees its own units through the scope; dead letters and rules are the SOC's work.
  owner: new Set<Permission>([
    'summary.read',
    'alerts.read',
    'incidents.read',
    'units.read',
    'contacts.read',
    'events.read',
    'events.unmask',
    'sources.read',
    'models.read',
    'health.read',
    // Only of systems its own units answer for.
    'probes.read',
    'tasks.read',
    'tasks.answer'
  ]),
  // Numbers only: no sentence, entity, evidence or log text.
  leader: new Set<Permission>(['summary.read', 'units.read', 'models.read', 'health.read', 'posture.read']),
  auditor: new Set<Permission>([...everyRead, 'audit.read', 'metrics.read'])
}

/** May this person do what the entry asks for? Unknown entries and roles are refused. */
export function may(person: { role: Role; mayUnmask: boolean }, what: Access | undefined): boolean {
  if (what === undefined) return false
  if (what === 'public' || what === 'own_session' || what === 'signed_in') return true
  if (what === 'events.unmask' && !person.mayUnmask) return false
  return held[person.role]?.has(what) ?? false
}

import type { Access, Permission } from '#core/permissions.ts'
import { roles, type Role } from '#core/roles.ts'

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
  'reports.read',
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
    'reports.make',
    'reports.settings',
    'dead_letters.replay',
    'people.read',
    'users.manage',
    'audit.read',
    'metrics.read',
    'demonstration.end',
    'tasks.send',
    'tasks.evidence',
    'notifications.read',
    'notifications.write'
  ]),
  analyst: new Set<Permission>([
    ...everyRead,
    'alerts.act',
    'incidents.act',
    'contacts.read',
    'events.unmask',
    'probes.try',
    'maintenance.write',
    'reports.make',
    'dead_letters.replay',
    'people.read',
    'tasks.send',
    'tasks.evidence',
    'notifications.read'
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
    'reports.read',
    'tasks.read',
    'tasks.answer'
  ]),
  // Numbers only: no sentence, entity, evidence or log text.
  leader: new Set<Permission>([
    'summary.read',
    'units.read',
    'models.read',
    'health.read',
    'posture.read',
    'reports.read',
    'reports.make'
  ]),
  auditor: new Set<Permission>([...everyRead, 'notifications.read', 'audit.read', 'metrics.read'])
}

/** Roles that hold a permission, in the order of core/roles.ts. */
export const rolesWith = (permission: Permission): Role[] => roles.filter((role) => held[role].has(permission))

/** May this person use what lets `what` in? Whatever says nothing, and unknown permissions and roles, are refused. */
export function may(person: { role: Role; mayUnmask: boolean }, what: Access | undefined): boolean {
  if (what === undefined) return false
  if (what === 'public' || what === 'own_session' || what === 'signed_in') return true
  if (what === 'events.unmask' && !person.mayUnmask) return false
  return held[person.role]?.has(what) ?? false
}

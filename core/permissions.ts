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
  'reports.read',
  'reports.make',
  'reports.settings',
  'people.read',
  'users.manage',
  'audit.read',
  'metrics.read',
  'demonstration.end',
  'tasks.read',
  'tasks.send',
  'tasks.answer',
  'tasks.evidence',
  'notifications.read',
  'notifications.write'
] as const
export type Permission = (typeof permissions)[number]

/**
 * Whom a route lets in. `public`: anyone. `own_session`: signed in, even before the first password is changed.
 * `signed_in`: any role. A permission: the roles that hold it.
 */
export type Access = 'public' | 'own_session' | 'signed_in' | Permission

import type { Role } from '#core/roles.ts'
import type { Route } from './routes.ts'

/** The rail's entries in its order; at most eight for any role. */
export const entries = [
  'mine',
  'posture',
  'reports',
  'queue',
  'incidents',
  'models',
  'units',
  'search',
  'sources',
  'rules',
  'admin'
] as const
export type Entry = (typeof entries)[number]

const seen: Record<Role, readonly Entry[]> = {
  admin: ['queue', 'incidents', 'posture', 'models', 'units', 'sources', 'rules', 'admin'],
  analyst: ['queue', 'incidents', 'posture', 'models', 'units', 'search', 'sources', 'rules'],
  auditor: ['incidents', 'queue', 'posture', 'models', 'units', 'sources', 'rules', 'admin'],
  owner: ['mine', 'queue', 'incidents', 'units', 'search', 'sources', 'models', 'reports'],
  leader: ['posture', 'reports', 'units', 'models']
}

/** What a role finds in its rail. The server decides again on every request; this only hides what would be refused. */
export function entriesOf(role: Role): readonly Entry[] {
  return seen[role]
}

/** Where the keys of a role lead: its rail, the search, which every reader of events has in the top bar, and the reports. */
export function reachable(role: Role): readonly Entry[] {
  const others = (['search', 'reports'] as const).filter((entry) => !seen[role].includes(entry))
  return [...seen[role], ...others.filter((entry) => entry === 'reports' || maySee(role, { page: 'search' }))]
}

/** The first screen of a role. */
export function landing(role: Role): string {
  if (role === 'owner') return '/mine'
  if (role === 'leader') return '/posture'
  return role === 'auditor' ? '/incidents' : '/alerts'
}

const entryOfPage: Record<Route['page'], Entry | null> = {
  home: null,
  queue: 'queue',
  incidents: 'incidents',
  incident: 'incidents',
  // An owner's stand on its own page; the entry is the same for whoever follows them.
  tasks: 'incidents',
  units: 'units',
  models: 'models',
  systems: 'models',
  probes: 'models',
  maintenance: 'models',
  catalogue: 'admin',
  notifications: 'admin',
  search: 'search',
  sources: 'sources',
  rules: 'rules',
  admin: 'admin',
  posture: 'posture',
  reports: 'reports',
  mine: 'mine',
  password: null,
  account: null,
  welcome: null,
  nowhere: null
}

/** The rail entry that a route belongs to. */
export function entryOf(route: Route): Entry | null {
  return entryOfPage[route.page]
}

/** Whether a role may look at a route at all. */
export function maySee(role: Role, route: Route): boolean {
  const entry = entryOf(route)
  if (entry === null) return true
  if (route.page === 'catalogue') return role === 'admin'
  if (route.page === 'notifications') return readsNotifications(role)
  if (route.page === 'admin' && route.view !== 'audit') return role === 'admin'
  // Those whose rail is full reach them from the posture page.
  if (route.page === 'reports') return true
  // Probes name addresses inside networks: a leader sees states and figures.
  if (route.page === 'probes') return role !== 'leader'
  // The top bar has the search; where the rail is full it has no entry of its own.
  if (route.page === 'search') return role !== 'leader'
  return seen[role].includes(entry)
}

/** Whether a role sees messages and their fates; analysts find them in their menu, administrators beside the accounts too. */
export function readsNotifications(role: Role): boolean {
  return role === 'admin' || role === 'analyst' || role === 'auditor'
}

/** The entry to mark in a role's rail: reports stand under posture where they have no entry of their own. */
export function railEntryOf(role: Role, route: Route): Entry | null {
  const entry = entryOf(route)
  return entry === 'reports' && !seen[role].includes('reports') ? 'posture' : entry
}

/** Whether a role makes reports. */
export function makesReports(role: Role): boolean {
  return role === 'admin' || role === 'analyst' || role === 'leader'
}

/** Whether a role judges alerts and works on incidents. */
export function mayAct(role: Role): boolean {
  return role === 'admin' || role === 'analyst'
}

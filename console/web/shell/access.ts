import type { Role } from '#core/roles.ts'
import { entries, rowOf, type Entry } from './features.ts'
import type { Route } from './routes.ts'

const placeIn = (role: Role, entry: Entry) => rowOf(entry).rail?.[role] ?? null

/** What a role finds in its rail, in its order; at most eight. */
export function entriesOf(role: Role): readonly Entry[] {
  const placed = entries.filter((entry) => placeIn(role, entry) !== null)
  return placed.sort((a, b) => placeIn(role, a)! - placeIn(role, b)!)
}

/** Where the keys of a role lead: its rail, and the entries that it sees without having them there. */
export function reachable(role: Role): readonly Entry[] {
  const inRail = entriesOf(role)
  return [...inRail, ...entries.filter((entry) => !inRail.includes(entry) && rowOf(entry).roles.includes(role))]
}

/** Where an entry leads a role: to the first of its views that the role may see. */
export function pathOf(role: Role, entry: Entry): string {
  const { path, views, only } = rowOf(entry)
  const head = `/${path.split('/')[1]}`
  const may = (view: string) => only?.[view]?.includes(role) ?? true
  const named = views === undefined || may(views.bare) ? undefined : views.named.find(may)
  return named === undefined ? head : `${head}/${named}`
}

/** The first screen of a role. */
export function landing(role: Role): string {
  return pathOf(role, entriesOf(role)[0] ?? 'queue')
}

/** The rail entry that a route belongs to. */
export function entryOf(route: Route): Entry | null {
  return route.page === 'home' || route.page === 'nowhere' ? null : (rowOf(route.page).entry as Entry | null)
}

/** Whether a role may look at a route at all. */
export function maySee(role: Role, route: Route): boolean {
  if (route.page === 'home' || route.page === 'nowhere') return true
  const { roles, only } = rowOf(route.page)
  return roles.includes(role) && (!('view' in route) || (only?.[route.view]?.includes(role) ?? true))
}

/** Whether a role sees messages and their fates. */
export function readsNotifications(role: Role): boolean {
  return rowOf('notifications').roles.includes(role)
}

/** The entry to mark in a role's rail: reports stand under posture where they have no entry of their own. */
export function railEntryOf(role: Role, route: Route): Entry | null {
  const entry = entryOf(route)
  if (entry === null || placeIn(role, entry) !== null) return entry
  return (rowOf(entry).otherwise as Entry | undefined) ?? entry
}

/** Whether a role makes reports. */
export function makesReports(role: Role): boolean {
  return role === 'admin' || role === 'analyst' || role === 'leader'
}

/** Whether a role judges alerts and works on incidents. */
export function mayAct(role: Role): boolean {
  return role === 'admin' || role === 'analyst'
}

import { urlOf } from '../format/url.ts'
import { pageNames, rowOf, type Head, type PageName, type Params, type View } from './features.ts'

/** Posture of a period, its units, its incidents, or one unit of it. */
export type PostureView = View<'posture'>

/** Messages with their fates (one of them open), channels, duty roster, steps of escalation, outbox of the demonstration. */
export type NotificationView = View<'notifications'>

/** Where one can be in the console. A page's open panel is part of its address, so that it can be sent and reloaded. */
export type Route = { [P in PageName]: { page: P } & Params<P> }[PageName] | { page: 'home' } | { page: 'nowhere' }

type Pattern = { page: PageName; parameter: string | null; required: boolean }

/** Pages by the first part of their address. */
const patterns = new Map<string, Pattern[]>()
for (const page of pageNames) {
  const [, head = '', parameter] = rowOf(page).path.split('/')
  const name = parameter === undefined ? null : parameter.replace(/^:|\?$/g, '')
  const pattern = { page, parameter: name, required: name !== null && !parameter!.endsWith('?') }
  patterns.set(head, [...(patterns.get(head) ?? []), pattern])
}

/** Reads a path; unknown paths are `nowhere`, never an exception. */
export function routeOf(path: string): Route {
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length === 0) return { page: 'home' }
  if (parts.length > 2) return { page: 'nowhere' }
  const [head = '', raw] = parts
  const id = raw === undefined ? null : decoded(raw)
  const fitting = (patterns.get(head) ?? []).find(({ parameter, required }) =>
    id === null ? !required : parameter !== null
  )
  if (fitting === undefined) return { page: 'nowhere' }
  const { page, parameter } = fitting
  // The table says which parameters a page has; the type is read from the same table.
  return { page, ...paramsOf(page, parameter, id) } as Route
}

function paramsOf(page: PageName, parameter: string | null, id: string | null): Record<string, string | null> {
  if (parameter === null) return {}
  const { views } = rowOf(page)
  if (views === undefined) return { [parameter]: id }
  if (id === null) return { view: views.bare, [parameter]: null }
  return views.named.includes(id) ? { view: id, [parameter]: null } : { view: views.id, [parameter]: id }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** An address of a page of ours, or of a file of the API: parts are encoded, empty query values left out. */
export function address(
  parts: readonly [Head | 'api', ...string[]],
  query: Record<string, string | null | undefined> = {}
): string {
  return urlOf(parts, query)
}

/** What a page's component is given: all that its address says. */
export function propsOf(route: Route): Record<string, unknown> {
  const { page: _, ...props } = route
  return props
}

/** Two routes of one key are one page that stays; another id of a page that is about one thing is another page. */
export function keyOf(route: Route): string {
  if (route.page === 'home' || route.page === 'nowhere') return route.page
  const aboutOne = /:\w+$/.test(rowOf(route.page).path)
  return aboutOne ? `${route.page} ${Object.values(propsOf(route)).join(' ')}` : route.page
}

/** Whether a page fills the screen, without bar and rail. */
export function standsAlone(route: Route, query: URLSearchParams): boolean {
  if (route.page === 'home' || route.page === 'nowhere') return false
  const { whole } = rowOf(route.page)
  return typeof whole === 'function' ? whole(query) : whole === true
}

/** Posture of a period, its units, its incidents, or one unit of it. */
export type PostureView = 'page' | 'units' | 'incidents' | 'unit'

/** Messages with their fates (one of them open), channels, duty roster, steps of escalation, outbox of the demonstration. */
export type NotificationView = 'messages' | 'channels' | 'roster' | 'steps' | 'outbox'

/** Where one can be in the console. A page's open panel is part of its address, so that it can be sent and reloaded. */
export type Route =
  | { page: 'home' }
  | { page: 'queue'; id: string | null }
  | { page: 'incidents' }
  | { page: 'incident'; id: string }
  | { page: 'units'; id: string | null }
  | { page: 'models' | 'systems' | 'probes' | 'maintenance'; id: string | null }
  | { page: 'catalogue' }
  | { page: 'tasks'; id: string | null }
  | { page: 'notifications'; view: NotificationView; id: string | null }
  | { page: 'search' }
  | { page: 'sources'; view: 'list' | 'dead-letters'; id: string | null }
  | { page: 'rules'; id: string | null }
  | { page: 'admin'; view: 'users' | 'audit' | 'policy'; id: string | null }
  | { page: 'posture'; view: PostureView; id: string | null }
  /** `new`, `settings` and `subscribers` open their panel beside the archive. */
  | { page: 'reports'; id: string | null }
  | { page: 'mine' }
  | { page: 'password' }
  | { page: 'account' }
  | { page: 'welcome'; token: string }
  | { page: 'nowhere' }

/** Reads a path; unknown paths are `nowhere`, never an exception. */
export function routeOf(path: string): Route {
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length > 2) return { page: 'nowhere' }
  const [head = '', raw] = parts
  const id = raw === undefined ? null : decoded(raw)
  switch (head) {
    case '':
      return { page: 'home' }
    case 'alerts':
      return { page: 'queue', id }
    case 'incidents':
      return id === null ? { page: 'incidents' } : { page: 'incident', id }
    case 'tasks':
    case 'units':
    case 'models':
    case 'systems':
    case 'probes':
    case 'maintenance':
    case 'rules':
    case 'reports':
      return { page: head, id }
    case 'notifications':
      return id === 'channels' || id === 'roster' || id === 'steps' || id === 'outbox'
        ? { page: 'notifications', view: id, id: null }
        : { page: 'notifications', view: 'messages', id }
    case 'sources':
      return id === 'dead-letters'
        ? { page: 'sources', view: 'dead-letters', id: null }
        : { page: 'sources', view: 'list', id }
    case 'posture':
      if (id === null) return { page: 'posture', view: 'page', id: null }
      return id === 'units' || id === 'incidents'
        ? { page: 'posture', view: id, id: null }
        : { page: 'posture', view: 'unit', id }
    case 'admin':
      return id === 'audit' || id === 'policy'
        ? { page: 'admin', view: id, id: null }
        : { page: 'admin', view: 'users', id }
    case 'catalogue':
    case 'search':
    case 'mine':
    case 'password':
    case 'account':
      return id === null ? { page: head } : { page: 'nowhere' }
    case 'welcome':
      return id === null ? { page: 'nowhere' } : { page: 'welcome', token: id }
    default:
      return { page: 'nowhere' }
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** An address of ours: path parts are encoded, empty query values left out. */
export function address(parts: readonly string[], query: Record<string, string | null | undefined> = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value)
  const text = search.toString()
  return `/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`
}

import { isIP } from 'node:net'

/** Cookies of one run, and their longest line; browsers keep more, no redirect needs it. */
const COOKIES_MAX = 50
const LINE_MAX = 4_096

type Cookie = { name: string; value: string; host: string; alsoBelow: boolean; path: string; secure: boolean }

/** The cookies of one run: what a visitor's browser would carry from a redirect to the next page. Gone with the run. */
export class Cookies {
  readonly #cookies = new Map<string, Cookie>()

  /** Keeps what an answer of `url` sets, and forgets what it takes back; lines that no browser takes are ignored. */
  take(url: URL, lines: readonly string[], now: number): void {
    for (const line of lines.slice(0, COOKIES_MAX)) {
      const read = line.length > LINE_MAX ? undefined : readCookie(url, line, now)
      if (read === undefined) continue
      const { cookie, over } = read
      const key = [cookie.name, cookie.host, cookie.path].join(';')
      if (over) this.#cookies.delete(key)
      else if (this.#cookies.has(key) || this.#cookies.size < COOKIES_MAX) this.#cookies.set(key, cookie)
    }
  }

  /** The header for a request of `url`; undefined when no cookie belongs there. */
  headerFor(url: URL): string | undefined {
    const host = url.hostname.toLowerCase()
    const fitting = [...this.#cookies.values()].filter(
      (cookie) =>
        (host === cookie.host || (cookie.alsoBelow && host.endsWith(`.${cookie.host}`))) &&
        (url.protocol === 'https:' || !cookie.secure) &&
        (url.pathname === cookie.path || url.pathname.startsWith(cookie.path.replace(/\/?$/, '/')))
    )
    fitting.sort((a, b) => b.path.length - a.path.length)
    return fitting.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ') || undefined
  }
}

/** One `Set-Cookie` as RFC 6265 reads it. */
function readCookie(url: URL, line: string, now: number): { cookie: Cookie; over: boolean } | undefined {
  // Control characters would end our own header.
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) return undefined
  const [pair = '', ...rest] = line.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, equals)).trim()
  const value = pair.slice(equals + 1).trim()
  if (name === '' && value === '') return undefined
  const attributes = new Map(
    rest.map((part) => {
      const at = part.indexOf('=')
      const key = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase()
      return [key, at < 0 ? '' : part.slice(at + 1).trim()] as const
    })
  )
  const own = url.hostname.toLowerCase()
  const domain = (attributes.get('domain') ?? '').toLowerCase().replace(/^\./, '')
  const alsoBelow = domain !== '' && isIP(own) === 0
  // Not for other people's hosts, and not for all of a top level domain.
  if (domain !== '' && domain !== own && !(alsoBelow && domain.includes('.') && own.endsWith(`.${domain}`)))
    return undefined
  const secure = attributes.has('secure')
  if (secure && url.protocol !== 'https:') return undefined
  const asked = attributes.get('path') ?? ''
  const path = asked.startsWith('/') ? asked : url.pathname.slice(0, Math.max(1, url.pathname.lastIndexOf('/')))
  return {
    cookie: { name, value, host: domain === '' ? own : domain, alsoBelow, path, secure },
    over: isOver(attributes, now)
  }
}

function isOver(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const age = attributes.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0
  const until = Date.parse(attributes.get('expires') ?? '')
  return !Number.isNaN(until) && until <= now
}

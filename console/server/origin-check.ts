/**
 * True when a browser says that the request comes from another site. `Sec-Fetch-Site` is set by the browser alone; older
 * ones and plain HTTP send `Origin` only, which must then name this host.
 */
export function isForeign(headers: Record<string, string | string[] | undefined>): boolean {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string') return site !== 'same-origin' && site !== 'none'
  const origin = headers['origin']
  if (origin === undefined) return false
  if (typeof origin !== 'string' || !URL.canParse(origin)) return true
  return new URL(origin).host !== headers['host']
}

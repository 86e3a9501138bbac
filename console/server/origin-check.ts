/**
 * True when a browser says that the request comes from another site. `Sec-Fetch-Site` is set by the browser alone; older
 * ones and plain HTTP send `Origin` only, which must then name this host. `none` is what a person typed, which is never an
 * act: it proves nothing, and `Origin` decides.
 */
export function isForeign(headers: Record<string, string | string[] | undefined>): boolean {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string' && site !== 'none') return site !== 'same-origin'
  const origin = headers['origin']
  // With a cookie and without an origin, a browser that says "none" would be none.
  if (origin === undefined) return site === 'none' && headers['cookie'] !== undefined
  if (typeof origin !== 'string' || !URL.canParse(origin)) return true
  return new URL(origin).host !== headers['host']
}

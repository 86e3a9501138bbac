/** Longer header values are no credentials of ours. */
const MAX_HEADER = 4_096

/**
 * The tokens that an Authorization header may mean, most likely first: `Bearer t`, `ApiKey t` or base64 of `id:t`
 * (Beats), `Basic` base64 of `user:t` (rsyslog, syslog-ng and Fluent Bit know nothing else), `Splunk t`. Undefined
 * when there is no such header.
 */
export function tokensOf(header: string | undefined): string[] | undefined {
  if (header === undefined) return undefined
  if (header.length > MAX_HEADER) return []
  const [, scheme, value] = /^([A-Za-z]+) +(\S+) *$/.exec(header) ?? []
  if (scheme === undefined || value === undefined) return []
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'splunk':
      return [value]
    case 'apikey':
      return [afterColon(value), value].filter((token) => token !== undefined)
    case 'basic':
      return [afterColon(value)].filter((token) => token !== undefined)
    default:
      return []
  }
}

/** What follows the first colon of base64 text; undefined when there is none. */
function afterColon(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? undefined : text.slice(colon + 1)
}

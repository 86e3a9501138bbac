/** Words of FortiOS's actions and descriptions that mean that somebody comes or goes. */
const comes = new Set(['login', 'logon', 'signin', 'auth', 'authentication', 'authenticate', 'authenticated'])
const goes = new Set(['logout', 'logoff', 'signout', 'logged-out'])

/**
 * Whether an event of FortiOS is a log-in or log-out, by all names it has for them: `login`, `ssl-login-fail`,
 * `authentication`, `FSSO-logon`, `auth-logout`, an SSL tunnel of a person. Undefined when it is neither.
 */
export function readLogIn(values: Map<string, string>): { end: boolean; failed: boolean } | undefined {
  if (values.has('cfgpath') || values.has('cfgobj')) return undefined
  const action = (values.get('action') ?? '').toLowerCase()
  const words = action.split(/[^a-z]+/)
  const description = (values.get('logdesc') ?? '').toLowerCase()
  const tunnel = action.startsWith('tunnel-') && (values.get('tunneltype') ?? '').startsWith('ssl')
  const leaving = words.some((word) => goes.has(word)) || (tunnel && action === 'tunnel-down')
  const arriving =
    words.some((word) => comes.has(word)) ||
    (tunnel && action === 'tunnel-up') ||
    values.has('xauthresult') ||
    /\blog(?:ged)?[ -]?(?:in|on|out|off)\b|\bauthenticat|\bsign[ -]?in\b/.test(description)
  if (!leaving && !arriving) return undefined
  const end = leaving || /\blog(?:ged)?[ -]?(?:out|off)\b/.test(description)
  // What FortiOS calls `status` is the surest; SSL VPN says it in the action or the description alone.
  const status = (values.get('status') || values.get('result') || values.get('xauthresult') || '').toLowerCase()
  const said = status === '' || status === 'n/a' ? `${action} ${description}` : status
  const failed = /fail|error|denied|deny|timed?[ -]?out|lockout|invalid|disabled|block|reject/.test(said)
  return { end, failed: failed || /fail|denied|lockout/.test(action) }
}

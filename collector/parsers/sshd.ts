import type { JsonObject } from '#core/event.ts'
import { distinct, endpoint, plainIp } from './addresses.ts'
import { cleanUser, readAtEnd, readAtStart, readConnection, readLogin, type Peer } from './sshd-peer.ts'

/** What an sshd line says. `undefined` where the line is of no form that carries fields. */
export type AuthFields = {
  event: JsonObject
  user?: JsonObject
  source?: JsonObject
  related: JsonObject
  details?: JsonObject
  group?: JsonObject
  process?: JsonObject
}

function login(peer: Peer, success: boolean, word: string, method: string, reason = ''): AuthFields {
  const ssh: JsonObject = { event: word }
  if (method !== '') ssh['method'] = method
  // "ssh2: RSA SHA256:…" after a key.
  const signature = peer.rest.startsWith('ssh2: ') ? peer.rest.slice(6) : ''
  if (signature !== '') ssh['signature'] = signature
  const event: JsonObject = {
    action: 'ssh_login',
    category: success ? ['authentication', 'session'] : ['authentication'],
    type: ['info'],
    outcome: success ? 'success' : 'failure'
  }
  if (reason !== '') event['reason'] = reason
  return withPeer({ event, related: {}, details: { ssh } }, peer)
}

function session(peer: Peer | undefined, action: string, outcome = ''): AuthFields | undefined {
  if (peer === undefined) return undefined
  const event: JsonObject = { action, category: ['session'], type: ['end'] }
  if (outcome !== '') event['outcome'] = outcome
  return withPeer({ event, related: {} }, peer)
}

function withPeer(fields: AuthFields, peer: Peer): AuthFields {
  if (peer.address !== '') fields.source = endpoint(peer.address, peer.port)
  if (peer.user !== '') fields.user = { name: peer.user }
  const ip = fields.source?.['ip']
  if (typeof ip === 'string') fields.related['ip'] = [ip]
  // Two readings are possible: neither is the source, both are worth finding.
  else if (peer.candidates !== undefined) fields.related['ip'] = distinct(...peer.candidates.map(plainIp))
  const names = distinct(peer.user)
  if (names.length > 0) fields.related['user'] = names
  return fields
}

/** An OpenSSH server line (`auth.c`, `packet.c` and `sshd.c` are where the words come from); undefined when it says nothing of a peer. */
export function readSshd(message: string): AuthFields | undefined {
  let text = message
  // Privilege separation and log levels put words in front of the same sentences.
  while (text.charCodeAt(0) >= 97 && /^(?:error|fatal|debug\d|info): /.test(text))
    text = text.slice(text.indexOf(': ') + 2)
  const space = text.indexOf(' ')
  const word = space < 0 ? text : text.slice(0, space)
  const rest = space < 0 ? '' : text.slice(space + 1)
  switch (word) {
    case 'Accepted':
    case 'Failed':
      return readAttempt(word, rest)
    case 'Invalid':
    case 'Illegal': {
      const peer = rest.startsWith('user ') ? readAtEnd(rest) : undefined
      return peer && login(peer, false, word, '', 'invalid_user')
    }
    case 'User':
      return readRefusedUser(rest)
    case 'ROOT': {
      const peer = rest.startsWith('LOGIN REFUSED FROM ') ? readAtStart(rest.slice(19)) : undefined
      return peer && login({ ...peer, user: 'root' }, false, word, '', 'root_login_refused')
    }
    case 'maximum': {
      const peer = rest.startsWith('authentication attempts exceeded for ') ? readAtEnd(rest.slice(37)) : undefined
      return peer && login(peer, false, 'Failed', '', 'maximum_attempts')
    }
    case 'PAM:': {
      const at = rest.indexOf(' for ')
      const peer = at < 0 ? undefined : readAtEnd(rest.slice(at + 5))
      return peer && login(peer, false, 'PAM', '', rest.slice(0, at))
    }
    case 'Authentication':
      return readWrongHost(rest)
    case 'Connection':
    case 'Disconnected':
    case 'Disconnecting':
    case 'Disconnecting:':
    case 'Received':
      return readDisconnect(word, rest)
    case 'subsystem': {
      const by = rest.lastIndexOf(' by user ')
      if (by < 0) return undefined
      const user = rest.slice(by + 9).split(' ')[0] ?? ''
      return withPeer({ event: { action: 'ssh_subsystem' }, related: {} }, { user, address: '', port: '', rest: '' })
    }
    case 'Starting':
    case 'Close': {
      if (!rest.startsWith('session: ')) return undefined
      const by = word === 'Close' ? rest.indexOf('user ') : rest.lastIndexOf(' for ')
      const fields =
        by < 0 ? undefined : session(readAtEnd(rest.slice(by + 5)), `ssh_session_${word === 'Close' ? 'end' : 'start'}`)
      if (fields !== undefined && word === 'Starting') fields.event['type'] = ['start']
      return fields
    }
    default:
      return readComplaint(word, rest)
  }
}

/** `Failed password for [invalid user ]NAME from ADDRESS port N ssh2[: key]`. */
function readAttempt(word: string, rest: string): AuthFields | undefined {
  const at = rest.indexOf(' for ')
  if (at < 0) return undefined
  const peer = readLogin(rest.slice(at + 5))
  return peer && login(peer, word === 'Accepted', word, rest.slice(0, at))
}

/** `User NAME from HOST not allowed because …`; the reason is the daemon's, so the last one counts. */
function readRefusedUser(rest: string): AuthFields | undefined {
  const refused = rest.lastIndexOf(' not allowed because ')
  if (refused < 0) return undefined
  const head = rest.slice(0, refused)
  const peer = readAtEnd(head) ?? { user: cleanUser(head), address: '', port: '', rest: '' }
  return login(peer, false, 'User', '', rest.slice(refused + 1))
}

/** `Authentication tried for NAME with correct key but not from a permitted host (host=…, ip=ADDRESS).` */
function readWrongHost(rest: string): AuthFields | undefined {
  if (!rest.startsWith('tried for ')) return undefined
  const with_ = rest.indexOf(' with ')
  const ip = rest.lastIndexOf('ip=')
  if (with_ < 0 || ip < with_) return undefined
  const address = rest.slice(ip + 3).replace(/\)[^)]*$/, '')
  return login({ user: rest.slice(10, with_), address, port: '', rest: '' }, false, 'Failed', '', 'host_not_permitted')
}

function readDisconnect(word: string, rest: string): AuthFields | undefined {
  if (word === 'Connection') {
    if (rest.startsWith('closed by ')) return session(readConnection(rest.slice(10)), 'ssh_disconnect')
    if (rest.startsWith('reset by ')) return session(readConnection(rest.slice(9)), 'ssh_disconnect')
    if (!rest.startsWith('from ')) return undefined
    const fields = session(readAtStart(rest.slice(5)), 'ssh_connection')
    if (fields !== undefined) fields.event['type'] = ['start']
    return fields
  }
  if (word === 'Disconnected') {
    return rest.startsWith('from ') ? session(readConnection(rest.slice(5)), 'ssh_disconnect') : undefined
  }
  if (word === 'Received') {
    return rest.startsWith('disconnect from ') ? session(readAtStart(rest.slice(16)), 'ssh_disconnect') : undefined
  }
  const peer = readConnection(rest.replace(/^from /, ''), ': ')
  const attempts = rest.includes(': Too many authentication failures')
  if (peer === undefined) return undefined
  return attempts
    ? login(peer, false, 'Disconnecting', '', 'too_many_failures')
    : session(peer, 'ssh_disconnect', 'failure')
}

/** Lines about connections that never came to a log-in. */
function readComplaint(word: string, rest: string): AuthFields | undefined {
  switch (word) {
    case 'Did': {
      const from = rest.indexOf(' from ')
      const fields = session(from < 0 ? undefined : readAtStart(rest.slice(from + 6)), 'ssh_no_identification')
      const ip = fields?.source?.['ip']
      if (fields !== undefined && ip !== undefined) fields.details = { ssh: { dropped_ip: ip } }
      return fields
    }
    case 'Timeout': {
      if (!rest.startsWith('before authentication for ')) return undefined
      return session(readAtStart(rest.slice(26).replace(/^connection from /, '')), 'ssh_timeout', 'failure')
    }
    case 'Unable':
      return rest.startsWith('to negotiate with ')
        ? session(readAtStart(rest.slice(18)), 'ssh_protocol_error', 'failure')
        : undefined
    // The peer's own bytes stand before the last "from".
    case 'Bad': {
      const peer = readAtEnd(rest)
      return peer && session({ ...peer, user: '' }, 'ssh_protocol_error', 'failure')
    }
    case 'banner':
    case 'ssh_dispatch_run_fatal:':
    case 'kex_protocol_error:': {
      const from = /^(?:exchange: )?Connection from (?:authenticating |invalid )?(?:user )?/.exec(rest)
      const peer = from === null ? undefined : readConnection(rest.slice(from[0].length), ': ')
      return session(peer, 'ssh_protocol_error', 'failure')
    }
    case 'Protocol':
      return rest.startsWith('major versions differ for ')
        ? session(readAtStart(rest.slice(26)), 'ssh_protocol_error', 'failure')
        : undefined
    case 'drop': {
      const from = /^connection #\d+ from /.exec(rest)
      if (from === null) return undefined
      const fields = session(readAtStart(rest.slice(from[0].length)), 'ssh_dropped', 'failure')
      if (fields !== undefined) fields.event['reason'] = /penalty/.test(rest) ? 'penalty' : 'max_startups'
      return fields
    }
    case 'refused':
      return rest.startsWith('connect from ')
        ? session(readBracketed(rest.slice(13)), 'ssh_refused', 'failure')
        : undefined
    case 'reverse':
      return session(readBracketed(rest), 'ssh_name_mismatch', 'failure')
    case 'Address':
      return rest.includes(' maps to ') ? session(readAtStart(rest), 'ssh_name_mismatch', 'failure') : undefined
    default:
      return undefined
  }
}

/** `HOST [ADDRESS] …` or `HOST (ADDRESS)`: the name comes from the peer's own DNS, the address from the socket. */
function readBracketed(text: string): Peer | undefined {
  const found = /[[(]([0-9a-f.:%a-z]{2,64})[\])]/i.exec(text)
  const address = found?.[1] ?? text.split(' ', 1)[0]!
  return plainIp(address) === '' ? undefined : { user: '', address, port: '', rest: '' }
}

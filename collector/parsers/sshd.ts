import type { JsonObject } from '#core/event.ts'
import { distinct, endpoint } from './addresses.ts'

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

/** Who, from where, by which port: the tail of most sshd lines. */
type Peer = { user: string; address: string; port: string; rest: string }

/**
 * Reads `[invalid user ]NAME from ADDRESS[ port N][ rest]`. A name is the attacker's text and may itself hold " from ": the
 * last one that is followed by an address is the daemon's own.
 */
function readPeer(text: string): Peer | undefined {
  const from = text.lastIndexOf(' from ')
  if (from < 0) return undefined
  const tail = text.slice(from + 6).split(' ', 4)
  const address = tail[0] ?? ''
  if (address === '') return undefined
  const port = tail[1] === 'port' ? (tail[2] ?? '') : ''
  const used = from + 6 + address.length + (port === '' ? 0 : 6 + port.length)
  return { user: cleanUser(text.slice(0, from)), address, port, rest: text.slice(used).trimStart() }
}

/** `[authenticating user NAME ]ADDRESS port N`: lines about connections name no "from". */
function readConnection(text: string): Peer | undefined {
  const port = text.lastIndexOf(' port ')
  const head = port < 0 ? text.split(' [preauth]')[0]! : text.slice(0, port)
  const space = head.lastIndexOf(' ')
  const address = head.slice(space + 1)
  if (address === '') return undefined
  const number = port < 0 ? '' : (/^\d{1,5}/.exec(text.slice(port + 6, port + 12))?.[0] ?? '')
  return { user: space < 0 ? '' : cleanUser(head.slice(0, space)), address, port: number, rest: '' }
}

function cleanUser(text: string): string {
  for (const prefix of ['invalid user ', 'illegal user ', 'authenticating user ', 'user ']) {
    if (text.startsWith(prefix)) return text.slice(prefix.length)
  }
  return text === 'invalid user' || text === 'user' ? '' : text
}

function login(peer: Peer, success: boolean, word: string, method: string, reason = ''): AuthFields {
  const source = endpoint(peer.address, peer.port)
  const ssh: JsonObject = { event: word }
  if (method !== '') ssh['method'] = method
  // "ssh2: RSA SHA256:…" after an accepted key.
  const signature = peer.rest.startsWith('ssh2: ') ? peer.rest.slice(6) : ''
  if (signature !== '') ssh['signature'] = signature
  const event: JsonObject = {
    action: 'ssh_login',
    category: success ? ['authentication', 'session'] : ['authentication'],
    type: ['info'],
    outcome: success ? 'success' : 'failure'
  }
  if (reason !== '') event['reason'] = reason
  return withUser({ event, source, related: {}, details: { ssh } }, peer.user)
}

function session(peer: Peer | undefined, action: string, outcome = ''): AuthFields | undefined {
  if (peer === undefined) return undefined
  const event: JsonObject = { action, category: ['session'], type: ['end'] }
  if (outcome !== '') event['outcome'] = outcome
  return withUser({ event, source: endpoint(peer.address, peer.port), related: {} }, peer.user)
}

function withUser(fields: AuthFields, user: string): AuthFields {
  if (user !== '') fields.user = { name: user }
  const ip = fields.source?.['ip']
  if (typeof ip === 'string') fields.related['ip'] = [ip]
  const names = distinct(user)
  if (names.length > 0) fields.related['user'] = names
  return fields
}

/** An OpenSSH server line (`auth.c`, `packet.c` and `sshd.c` are where the words come from); undefined when it says nothing of a person. */
export function readSshd(message: string): AuthFields | undefined {
  const space = message.indexOf(' ')
  const word = space < 0 ? message : message.slice(0, space)
  const rest = space < 0 ? '' : message.slice(space + 1)
  switch (word) {
    case 'Accepted':
    case 'Failed':
    case 'Postponed':
    case 'Partial': {
      const at = rest.indexOf(' for ')
      if (at < 0) return undefined
      const peer = readPeer(rest.slice(at + 5))
      if (peer === undefined || word === 'Postponed' || word === 'Partial') return undefined
      return login(peer, word === 'Accepted', word, rest.slice(0, at))
    }
    case 'Invalid':
    case 'Illegal': {
      const peer = rest.startsWith('user ') ? readPeer(rest) : undefined
      return peer && login(peer, false, word, '', 'invalid_user')
    }
    case 'User':
    case 'ROOT': {
      const refused = rest.indexOf(' not allowed because')
      if (word === 'ROOT' && rest.startsWith('LOGIN REFUSED')) {
        const peer = readPeer(`root ${rest.slice(rest.indexOf('FROM')).replace('FROM', 'from')}`)
        return peer && login(peer, false, word, '', 'root_login_refused')
      }
      if (refused < 0) return undefined
      const peer = readPeer(rest.slice(0, refused))
      return peer && login(peer, false, word, '', rest.slice(refused + 1))
    }
    case 'Did': {
      const from = rest.lastIndexOf(' from ')
      if (from < 0) return undefined
      const peer = readPeer(rest.slice(from))
      if (peer === undefined) return undefined
      const fields = session({ ...peer, user: '' }, 'ssh_no_identification')
      const ip = fields?.source?.['ip']
      if (fields !== undefined && ip !== undefined) fields.details = { ssh: { dropped_ip: ip } }
      return fields
    }
    case 'Connection':
      if (rest.startsWith('closed by ')) return session(readConnection(rest.slice(10)), 'ssh_disconnect')
      if (rest.startsWith('reset by ')) return session(readConnection(rest.slice(9)), 'ssh_disconnect')
      if (rest.startsWith('from ')) {
        const peer = readConnection((rest.split(' on ')[0] ?? '').slice(5))
        const fields = session(peer, 'ssh_connection')
        if (fields !== undefined) Object.assign(fields.event, { type: ['start'] })
        return fields
      }
      return undefined
    case 'Disconnected':
      return rest.startsWith('from ') ? session(readConnection(rest.slice(5)), 'ssh_disconnect') : undefined
    case 'Received': {
      const match = /^disconnect from (\S+)(?: port (\d{1,5}))?:/.exec(rest)
      return match
        ? session({ user: '', address: match[1]!, port: match[2] ?? '', rest: '' }, 'ssh_disconnect')
        : undefined
    }
    case 'subsystem': {
      const by = rest.lastIndexOf(' by user ')
      if (by < 0) return undefined
      return withUser({ event: { action: 'ssh_subsystem' }, related: {} }, rest.slice(by + 9).split(' ')[0] ?? '')
    }
    case 'Unable':
    case 'Bad':
    case 'banner': {
      const peer = readPeer(rest)
      return peer && session({ ...peer, user: '' }, 'ssh_protocol_error', 'failure')
    }
    case 'error:':
    case 'fatal:':
      return readError(rest)
    default:
      return undefined
  }
}

function readError(rest: string): AuthFields | undefined {
  if (rest.startsWith('maximum authentication attempts exceeded for ')) {
    const peer = readPeer(rest.slice(45))
    return peer && login(peer, false, 'Failed', '', 'maximum_attempts')
  }
  if (!rest.startsWith('PAM: ')) return undefined
  const at = rest.indexOf(' for ')
  const peer = at < 0 ? undefined : readPeer(rest.slice(at + 5))
  return peer && login(peer, false, 'PAM', '', rest.slice(5, at))
}

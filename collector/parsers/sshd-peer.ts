import { plainIp } from './addresses.ts'

/** Who, from where, by which port. `address` is '' where the line allows two readings; `candidates` are both then. */
export type Peer = { user: string; address: string; port: string; rest: string; candidates?: string[] }

/** Most places of a line that are tried: an attacker may write any number of them into a name. */
const MAX_TRIES = 32

/** The name without what the daemon says about it. */
export function cleanUser(text: string): string {
  for (const prefix of ['invalid user ', 'illegal user ', 'authenticating user ', 'user ']) {
    if (text.startsWith(prefix)) return text.slice(prefix.length)
  }
  return text === 'invalid user' || text === 'user' ? '' : text
}

/** `ADDRESS`, `[ADDRESS]:PORT` or `ADDRESS port N` at the start of `text`: nobody's words stand before it. */
export function readAtStart(text: string): Peer | undefined {
  const [first = '', word = '', third = ''] = text.split(' ', 3)
  // `192.0.2.1:11: text` and `192.0.2.1: text`: older daemons put the reason right behind.
  const bare = plainIp(first) === '' ? (/^([0-9a-f.:%a-z]+?):(?:\d{1,3}:?)?$/i.exec(first)?.[1] ?? first) : first
  const address = bare.replace(/[,;]$/, '')
  if (address === '') return undefined
  const port = word === 'port' ? (/^\d{1,5}/.exec(third)?.[0] ?? '') : ''
  return { user: '', address, port, rest: '' }
}

/**
 * `NAME from ADDRESS[ port N][ ssh2][ [preauth]]` over the whole of `text`. A name may itself hold " from ": nothing but the
 * daemon's own words stands behind the last one.
 */
export function readAtEnd(text: string): Peer | undefined {
  const from = text.lastIndexOf(' from ')
  if (from < 0) return undefined
  const tail = text.slice(from + 6).split(' ', 4)
  const address = tail[0] ?? ''
  if (address === '') return undefined
  const port = tail[1] === 'port' ? (tail[2] ?? '') : ''
  const used = from + 6 + address.length + (port === '' ? 0 : 6 + port.length)
  return { user: cleanUser(text.slice(0, from)), address, port, rest: text.slice(used).trimStart() }
}

/** What the daemon writes behind a key: type and fingerprint, for a certificate its id (the signer's text), serial and CA. */
const plainKey = /^ssh2: [A-Z0-9-]+ \S+(?: \[preauth\])?$/
const certificate =
  /^ssh2: [A-Z0-9-]+-CERT \S+ ID .*\(serial \d{1,20}\) CA [A-Z0-9-]+ \S+(?: via \S+)?(?: \[preauth\])?$/s
const hostKey = /^ssh2: [A-Z0-9-]+ \S+, client user ".*", client host ".*"(?: \[preauth\])?$/s

/**
 * `[invalid user ]NAME from ADDRESS port N ssh2[: KEY]`. Both the name and a certificate's id are an attacker's text and may
 * hold such a tail: the one counts whose rest is a whole key as the daemon writes it.
 */
export function readLogin(text: string): Peer | undefined {
  if (!text.includes(' ssh2: ')) return readAtEnd(text)
  const found: Peer[] = []
  let from = text.indexOf(' from ')
  for (let tries = 0; from >= 0 && tries < MAX_TRIES; tries++, from = text.indexOf(' from ', from + 1)) {
    const peer = loginAt(text, from)
    if (peer !== undefined) found.push(peer)
  }
  const first = found[0]
  if (first === undefined) return readAtEnd(text)
  const addresses = [...new Set(found.map(({ address }) => address))]
  return addresses.length === 1 ? first : { ...first, address: '', port: '', candidates: addresses }
}

function loginAt(text: string, from: number): Peer | undefined {
  const space = text.indexOf(' ', from + 6)
  const address = text.slice(from + 6, space)
  if (space < 0 || plainIp(address) === '' || !text.startsWith(' port ', space)) return undefined
  const end = text.indexOf(' ', space + 6)
  const port = text.slice(space + 6, end)
  if (end < 0 || !/^\d{1,5}$/.test(port)) return undefined
  const rest = text.slice(end + 1)
  const whole =
    rest === 'ssh2' || rest === 'ssh2 [preauth]' || plainKey.test(rest) || certificate.test(rest) || hostKey.test(rest)
  return whole ? { user: cleanUser(text.slice(0, from)), address, port, rest } : undefined
}

/**
 * `[authenticating user NAME ]ADDRESS port N`: lines about connections name no "from". `until` ends the address where the
 * daemon goes on; what it says then may hold names too, so the first place that is whole counts, or the last that ends the line.
 */
export function readConnection(text: string, until = ''): Peer | undefined {
  if (until !== '') {
    const ends = /(?: \[preauth\])?$/.exec(text)!.index
    const known = text.slice(0, ends).endsWith(': Too many authentication failures')
      ? text.lastIndexOf(': Too many')
      : -1
    if (known > 0) return connectionAt(text.slice(0, known))
    let mark = text.indexOf(until)
    for (let tries = 0; mark > 0 && tries < MAX_TRIES; tries++, mark = text.indexOf(until, mark + 1)) {
      const peer = connectionAt(text.slice(0, mark))
      if (peer !== undefined && plainIp(peer.address) !== '') return peer
    }
    return undefined
  }
  return connectionAt(text)
}

function connectionAt(text: string): Peer | undefined {
  const bare = text.endsWith(' [preauth]') ? text.slice(0, -10) : text
  const port = bare.lastIndexOf(' port ')
  const head = port < 0 ? bare : bare.slice(0, port)
  const space = head.lastIndexOf(' ')
  const address = head.slice(space + 1)
  if (address === '') return undefined
  const number = port < 0 ? '' : (/^\d{1,5}/.exec(bare.slice(port + 6, port + 12))?.[0] ?? '')
  return { user: space < 0 ? '' : cleanUser(head.slice(0, space)), address, port: number, rest: '' }
}

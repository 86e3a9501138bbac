import { isIP } from 'node:net'

/** An address as four 32-bit words; IPv4 stands in the last one and in the family. */
type Address = { family: 4 | 6; words: readonly number[] }

/** A network: an address belongs to it when the bits under the masks agree. */
export type Network = Address & { masks: readonly number[] }

/** Reads `10.0.0.0/8`, `fe80::/10` or a single address; undefined when it is neither. Bits after the prefix are ignored. */
export function parseNetwork(text: string): Network | undefined {
  const [host = '', prefix, rest] = text.trim().split('/')
  const address = parseAddress(host)
  if (!address || rest !== undefined) return undefined
  const width = address.family === 4 ? 32 : 128
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined
  const bits = prefix === undefined ? width : Number(prefix)
  if (bits > width) return undefined
  const masks = address.words.map((_, index) => {
    // An IPv4 address fills the last word only; the words before it are 0 on both sides.
    const before = address.family === 4 ? (index < 3 ? 0 : bits) : bits - index * 32
    const inWord = Math.min(32, Math.max(0, before))
    return inWord === 0 ? 0 : (0xffffffff << (32 - inWord)) >>> 0
  })
  return { family: address.family, masks, words: address.words.map((word, index) => (word & masks[index]!) >>> 0) }
}

/** True when the text is an IP address inside the network; anything else is outside. */
export function inNetwork(network: Network, text: string): boolean {
  const address = parseAddress(text)
  if (!address || address.family !== network.family) return false
  for (let index = 0; index < 4; index++) {
    if ((address.words[index]! & network.masks[index]!) >>> 0 !== network.words[index]) return false
  }
  return true
}

/**
 * Reads an address as logs write it: IPv4, IPv6, in brackets, with a zone (`fe80::1%eth0`). IPv4 inside IPv6
 * (`::ffff:192.0.2.1`, what dual-stack sockets print) is the IPv4 address.
 */
function parseAddress(text: string): Address | undefined {
  if (text.length < 2 || text.length > 80) return undefined
  let host = text.trim()
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1)
  const zone = host.indexOf('%')
  if (zone > 0) host = host.slice(0, zone)
  const family = isIP(host)
  if (family === 4) return { family: 4, words: [0, 0, 0, ipv4(host)] }
  if (family !== 6) return undefined
  const words = ipv6(host)
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return { family: 4, words: [0, 0, 0, words[3]!] }
  return { family: 6, words }
}

function ipv4(host: string): number {
  return host.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function ipv6(host: string): number[] {
  let text = host
  const dotted = text.lastIndexOf(':') + 1
  if (text.includes('.')) {
    const value = ipv4(text.slice(dotted))
    text = `${text.slice(0, dotted)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`
  }
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)))
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
  return [0, 2, 4, 6].map((index) => all[index]! * 65_536 + all[index + 1]!)
}

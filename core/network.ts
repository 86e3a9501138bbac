import { isIP } from 'node:net'
import { SocError } from './errors.ts'

/** An IP address as 32-bit words: one for IPv4, four for IPv6. */
export type Address = readonly number[]

/** An IP network: 4 or 16 bytes, of which the first `prefix` bits count; the same as words, with the masks of those bits. */
export type Network = { bytes: Uint8Array; prefix: number; words: Address; masks: Address }

/** `::ffff:192.0.2.1` → `192.0.2.1`, and the zone of a link-local address dropped: one form for one machine. */
export function plainAddress(address: string): string {
  const bare = address.split('%')[0]!
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(bare) ? bare.slice(7) : bare
}

/**
 * Reads an IPv4 or IPv6 address, also with a zone (`fe80::1%eth0`); undefined for anything else. IPv4 inside IPv6
 * (`::ffff:192.0.2.1`, what dual-stack sockets print) is the IPv4 address.
 */
export function parseAddress(text: string): Address | undefined {
  const zone = text.indexOf('%')
  const host = zone < 0 ? text : text.slice(0, zone)
  const family = isIP(host)
  if (family === 4) return [ipv4(host)]
  if (family !== 6) return undefined
  const words = ipv6(host)
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? [words[3]!] : words
}

function ipv4(host: string): number {
  return host.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function ipv6(host: string): number[] {
  let text = host
  if (text.includes('.')) {
    const dotted = text.lastIndexOf(':') + 1
    const value = ipv4(text.slice(dotted))
    text = `${text.slice(0, dotted)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`
  }
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  return [0, 2, 4, 6].map((index) => all[index]! * 65_536 + all[index + 1]!)
}

/** Who is counted as one caller: an IPv4 address, or the /64 of an IPv6 one, since a single machine holds all of that. */
export function callerOf(address: string): string {
  const words = parseAddress(plainAddress(address))
  if (words === undefined || words.length === 1) return plainAddress(address)
  return `${[words[0]!, words[1]!].map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(':')}::/64`
}

/** The bytes of an IPv4 (4) or IPv6 (16) address; undefined for anything else. */
export function addressBytes(address: string): Uint8Array | undefined {
  const words = parseAddress(address)
  return words && bytesOf(words)
}

const bytesOf = (words: Address) =>
  Uint8Array.from(words.flatMap((word) => [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff]))

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; undefined when it is neither. Bits after the prefix are ignored. */
export function readNetwork(text: string): Network | undefined {
  const [host = '', length, ...rest] = text.trim().split('/')
  const address = parseAddress(host)
  if (address === undefined || rest.length > 0) return undefined
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined
  const prefix = length === undefined ? address.length * 32 : Number(length)
  if (prefix > address.length * 32) return undefined
  const masks = masksOf(address.length, prefix)
  const words = masked(address, masks)
  return { bytes: bytesOf(words), prefix, words, masks }
}

/** The same for what a person wrote. Throws `network.invalid`. */
export function parseNetwork(text: string): Network {
  const network = readNetwork(text)
  if (network !== undefined) return network
  throw new SocError('network.invalid', `"${text}" is no network such as 192.0.2.0/24 or 2001:db8::/32`, {
    status: 400
  })
}

/** True when the address lies in the network; one of the other family never does. */
export function holdsAddress({ words, masks }: Network, address: Address): boolean {
  if (address.length !== words.length) return false
  for (let index = 0; index < words.length; index++) {
    if ((address[index]! & masks[index]!) >>> 0 !== words[index]) return false
  }
  return true
}

function masksOf(words: number, prefix: number): number[] {
  return Array.from({ length: words }, (_, index) => {
    const bits = Math.min(32, Math.max(0, prefix - index * 32))
    return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0
  })
}

function masked(address: Address, masks: Address): number[] {
  return address.map((word, index) => (word & masks[index]!) >>> 0)
}

/** The canonical text of a network: equal networks have equal texts. */
export function networkKey(network: Network): string {
  return `${Buffer.from(network.bytes).toString('hex')}/${network.prefix}`
}

/** Finds what belongs to an address: the entry of the longest network that holds it. The first of equal ones stays. */
export function networkTable<T>(entries: Iterable<{ network: Network; value: T }>): (address: string) => T | undefined {
  const byKey = new Map<string, T>()
  const prefixes = new Map<number, Map<number, Address>>([
    [1, new Map()],
    [4, new Map()]
  ])
  for (const { network, value } of entries) {
    const key = tableKey(network.words, network.prefix)
    if (!byKey.has(key)) byKey.set(key, value)
    prefixes.get(network.words.length)!.set(network.prefix, network.masks)
  }
  const longestFirst = new Map([...prefixes].map(([words, masks]) => [words, [...masks].sort(([a], [b]) => b - a)]))
  return (text) => {
    const address = parseAddress(text)
    if (address === undefined) return undefined
    for (const [prefix, masks] of longestFirst.get(address.length)!) {
      const key = tableKey(masked(address, masks), prefix)
      if (byKey.has(key)) return byKey.get(key)
    }
    return undefined
  }
}

const tableKey = (words: Address, prefix: number) => `${words.join(' ')}/${prefix}`

import { isIP } from 'node:net'
import { SocError } from './errors.ts'

/** An IP network: 4 or 16 bytes, of which the first `prefix` bits count. */
export type Network = { bytes: Uint8Array; prefix: number }

/** `::ffff:192.0.2.1` → `192.0.2.1`, and the zone of a link-local address dropped: one form for one machine. */
export function plainAddress(address: string): string {
  const bare = address.split('%')[0]!
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(bare) ? bare.slice(7) : bare
}

/** The bytes of an IPv4 (4) or IPv6 (16) address; undefined for anything else. */
export function addressBytes(address: string): Uint8Array | undefined {
  const plain = plainAddress(address)
  const family = isIP(plain)
  if (family === 4) return Uint8Array.from(plain.split('.'), Number)
  if (family !== 6) return undefined
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain)
  const pair = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
  const text = dotted ? `${dotted[1]}${pair(dotted[2]!, dotted[3]!)}:${pair(dotted[4]!, dotted[5]!)}` : plain
  const [head, tail] = text.split('::') as [string, string | undefined]
  const groups = (part: string | undefined) => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : [])
  const left = groups(head)
  const right = groups(tail)
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or a single address. Throws `network.invalid`. */
export function parseNetwork(text: string): Network {
  const [address, length, ...rest] = text.trim().split('/')
  const bytes = addressBytes(address ?? '')
  const prefix = length === undefined ? (bytes?.length ?? 0) * 8 : /^\d{1,3}$/.test(length) ? Number(length) : -1
  if (bytes === undefined || rest.length > 0 || prefix < 0 || prefix > bytes.length * 8) {
    throw new SocError('network.invalid', `"${text}" is no network such as 192.0.2.0/24 or 2001:db8::/32`, {
      status: 400
    })
  }
  return { bytes: masked(bytes, prefix), prefix }
}

/** The canonical text of a network: equal networks have equal texts. */
export function networkKey(network: Network): string {
  return `${Buffer.from(network.bytes).toString('hex')}/${network.prefix}`
}

/** Finds what belongs to an address: the entry of the longest network that holds it. The first of equal ones stays. */
export function networkTable<T>(entries: Iterable<{ network: Network; value: T }>): (address: string) => T | undefined {
  const byKey = new Map<string, T>()
  const prefixes = new Map<number, Set<number>>([
    [4, new Set()],
    [16, new Set()]
  ])
  for (const { network, value } of entries) {
    const key = networkKey(network)
    if (!byKey.has(key)) byKey.set(key, value)
    prefixes.get(network.bytes.length)!.add(network.prefix)
  }
  const ordered = new Map([...prefixes].map(([bytes, set]) => [bytes, [...set].sort((a, b) => b - a)]))
  return (address) => {
    const bytes = addressBytes(address)
    if (bytes === undefined) return undefined
    for (const prefix of ordered.get(bytes.length)!) {
      const key = networkKey({ bytes: masked(bytes, prefix), prefix })
      if (byKey.has(key)) return byKey.get(key)
    }
    return undefined
  }
}

function masked(bytes: Uint8Array, prefix: number): Uint8Array {
  return bytes.map((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8))
    return byte & (0xff << (8 - bits)) & 0xff
  })
}

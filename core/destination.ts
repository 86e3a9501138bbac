import { SocError } from './errors.ts'
import { addressBytes, networkTable, parseNetwork, type Network } from './network.ts'
import type { TargetChecks } from './probes/kind.ts'
import { kindNamed, type ProbeTarget } from './probes/target.ts'

/**
 * Where the platform itself may connect to when somebody tells it an address (probes, webhooks). Public addresses are
 * fine; private and other special ones need a network of the rule; loopback, link-local, multicast, reserved and cloud
 * metadata addresses are never asked, unless that very address and port is an endpoint of the rule (our own simulator).
 */
export type DestinationRule = {
  allowed(address: string): boolean
  /** Canonical `address port` texts. */
  endpoints: ReadonlySet<string>
}

/** What a checked address is; a redirect may lead to `public` or stay where it began, never from outside to inside. */
export type Reach = 'public' | 'private' | 'endpoint'

/** Longest text of an address that is taken in. */
export const URL_MAX = 2_000
const HOST_MAX = 253

// IANA's special-purpose registries (RFC 6890), and the metadata services of the large clouds, some of which sit on
// addresses that would otherwise be public or private.
const never = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '192.0.0.192', '168.63.129.16'],
  ...['100.100.100.200', '::/96', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254', 'fd20:ce::254', '64:ff9b:1::/48']
]
const special = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '192.0.0.0/24', '192.0.2.0/24'],
  ...['198.51.100.0/24', '203.0.113.0/24', '198.18.0.0/15', '192.88.99.0/24'],
  ...['::/0', '2001::/23', '2001:db8::/32', '3fff::/20']
]
const open = ['0.0.0.0/0', '2000::/3']

const kindOf = networkTable<'never' | 'special' | 'public'>([
  ...never.map((text) => ({ network: parseNetwork(text), value: 'never' as const })),
  ...special.map((text) => ({ network: parseNetwork(text), value: 'special' as const })),
  ...open.map((text) => ({ network: parseNetwork(text), value: 'public' as const }))
])

/** Names that mean this machine or a metadata service, whatever a resolver says. */
const forbiddenName = /^(?:.+\.)?localhost$|^(?:.+\.)?metadata\.google\.internal$|^metadata$|^instance-data$/

/** A rule from networks in CIDR form and endpoints such as `127.0.0.1:8080` or `[::1]:8080`. Throws `network.invalid`. */
export function destinationRule(networks: readonly string[], endpoints: readonly string[] = []): DestinationRule {
  const table = networkTable(networks.map((text) => ({ network: parseNetwork(text) satisfies Network, value: true })))
  return { allowed: (address) => table(address) === true, endpoints: new Set(endpoints.map(endpointOf)) }
}

function endpointOf(text: string): string {
  const split = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text)
  if (split === null || addressBytes(split[1]!) === undefined) {
    throw new SocError('network.invalid', `"${text}" is no endpoint such as 127.0.0.1:8080`, { status: 400 })
  }
  return endpointKey(split[1]!, Number(split[2]))
}

/** Equal for every spelling of one machine's address. */
function endpointKey(address: string, port: number): string {
  const bytes = addressBytes(address)!
  return `${Buffer.from(isMapped(bytes) ? bytes.subarray(12) : bytes).toString('hex')} ${port}`
}

const startsWith = (bytes: Uint8Array, ...start: number[]) => start.every((byte, index) => bytes[index] === byte)
const dotted = (bytes: Uint8Array) => bytes.join('.')
const isMapped = (bytes: Uint8Array) =>
  bytes.length === 16 && startsWith(bytes, ...new Array<number>(10).fill(0), 0xff, 0xff)

/** The addresses that packets really go to: an IPv6 form that carries an IPv4 address leads to that one. */
function innerAddresses(address: string): string[] {
  const bytes = addressBytes(address)
  if (bytes === undefined) return []
  if (bytes.length === 4) return [dotted(bytes)]
  const last = dotted(bytes.subarray(12))
  if (isMapped(bytes)) return [last]
  // NAT64 (RFC 6052), SIIT (RFC 2765), 6to4 (RFC 3056), Teredo (RFC 4380: server, and the client's address inverted).
  if (startsWith(bytes, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) return [last]
  if (startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) return [last]
  if (startsWith(bytes, 0x20, 0x02)) return [dotted(bytes.subarray(2, 6))]
  if (startsWith(bytes, 0x20, 0x01, 0, 0)) {
    return [dotted(bytes.subarray(4, 8)), dotted(bytes.subarray(12).map((byte) => byte ^ 0xff))]
  }
  return [address]
}

/** Refusal of a destination: code `network.forbidden`, with the reason for people and catalogues. */
export function forbidden(reason: string, host: string): SocError {
  return new SocError('network.forbidden', `${host} may not be asked: ${reason}`, {
    status: 422,
    params: { reason, host: host.slice(0, HOST_MAX) }
  })
}

/** What this address is to the rule. Throws `network.forbidden`. */
export function checkAddress(address: string, port: number, rule: DestinationRule): Reach {
  const inner = innerAddresses(address)
  if (inner.length === 0) throw forbidden('not_an_address', address)
  if (rule.endpoints.size > 0 && rule.endpoints.has(endpointKey(address, port))) return 'endpoint'
  let reach: Reach = 'public'
  for (const candidate of inner) {
    const kind = kindOf(candidate)
    if (kind === 'never' || kind === undefined) throw forbidden('never', address)
    if (kind === 'public') continue
    if (!rule.allowed(candidate)) throw forbidden('private', address)
    reach = 'private'
  }
  return reach
}

/** True when a redirect that began at `from` may lead to `to`. */
export const mayRedirect = (from: Reach, to: Reach) => to === 'public' || to === from

/**
 * One spelling of a host: `0x7f.1`, `2130706433` and full-width digits become the address they mean, names are lower-case
 * ASCII without the trailing dot, brackets are gone. Throws `network.forbidden` for what is no host.
 */
export function plainHost(host: string): string {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host
  // A zone (`%eth0`) only means something on one machine's link.
  if (bare.includes('%')) throw forbidden('host', host)
  if (addressBytes(bare) !== undefined) return bare.toLowerCase()
  if (host.length === 0 || host.length > HOST_MAX || /[\s/\\?#@:%[\]]/.test(host)) throw forbidden('host', host)
  const parsed = URL.parse(`http://${host}/`)
  if (parsed === null) throw forbidden('host', host)
  return hostOf(parsed)
}

function hostOf(url: URL): string {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (addressBytes(host) !== undefined) return host
  const labels = host.split('.')
  if (host.length > HOST_MAX || !labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label))) {
    throw forbidden('host', host)
  }
  return host
}

/** Refuses what can be refused without asking a resolver. Returns the plain host. Throws `network.forbidden`. */
export function checkHost(host: string, port: number, rule: DestinationRule): string {
  const plain = plainHost(host)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw forbidden('port', plain)
  if (addressBytes(plain) !== undefined) checkAddress(plain, port, rule)
  else if (forbiddenName.test(plain)) throw forbidden('never', plain)
  return plain
}

/** An http or https address without credentials. Throws `network.forbidden`. */
export function checkUrl(text: string, rule: DestinationRule, base?: URL): { url: URL; host: string; port: number } {
  if (text.length > URL_MAX) throw forbidden('too_long', text.slice(0, 100))
  const url = URL.parse(text, base)
  if (url === null) throw forbidden('url', text.slice(0, 100))
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw forbidden('scheme', url.protocol)
  if (url.username !== '' || url.password !== '') throw forbidden('credentials', url.hostname)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { url, host: checkHost(hostOf(url), port, rule), port }
}

/** `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`: a resolver by address. Throws `network.forbidden`. */
export function checkResolver(text: string, rule: DestinationRule): { address: string; port: number } {
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const address = withPort ? (withPort[1] ?? withPort[2])! : text.replace(/^\[(.*)\]$/, '$1')
  const port = withPort ? Number(withPort[3]) : 53
  if (addressBytes(address) === undefined || address.includes('%') || port < 1 || port > 65_535) {
    throw forbidden('host', text.slice(0, 100))
  }
  checkAddress(address, port, rule)
  return { address, port }
}

/**
 * Looks at a target when it is defined, without resolving names: what it asks must be well-formed and no address that is
 * refused in any case. The run checks again, every address that the name has then. Throws `network.forbidden` or what the
 * kind refuses (422).
 */
export function checkTarget(target: ProbeTarget, rule: DestinationRule): void {
  const checks: TargetChecks = {
    url: (text) => void checkUrl(text, rule),
    host: (host, port) => void checkHost(host, port, rule),
    name: (host) => void plainHost(host),
    resolver: (text) => void checkResolver(text, rule)
  }
  // A target is checked by the kind it names; the compiler cannot see that they belong together.
  kindNamed(target.kind).check(target as never, checks)
}

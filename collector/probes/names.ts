import { Resolver } from 'node:dns/promises'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { ProbeFault } from './fault.ts'

/** Finds the addresses of a name. Rejects with {@link ProbeFault} `dns.*`. */
export type Names = { addressesOf(name: string, signal: AbortSignal): Promise<string[]> }

const HOSTS_FILE = '/etc/hosts'
/** A hosts file beyond this is not read: names then come from the resolver alone. */
const HOSTS_MAX_BYTES = 1024 * 1024
/** Addresses of one name that are looked at; more than anybody publishes, and all of them are checked. */
const ADDRESSES_MAX = 64
/** One question to one resolver, and how often it is asked. */
const QUERY_MS = 2_000
const TRIES = 3
/** When IPv4 addresses are known, resolvers that drop questions for IPv6 ones hold nobody up longer than this. */
const AAAA_PATIENCE_MS = 300

/**
 * The machine's own way: its hosts file, then its resolvers. Not getaddrinfo: that blocks a thread of the pool that also
 * writes the spool, for as long as a dead resolver likes, and cannot be cancelled. `servers` stand in for the machine's own.
 */
export function systemNames(hostsFile = HOSTS_FILE, servers?: readonly string[]): Names {
  let hosts = new Map<string, string[]>()
  let seen = ''
  const known = (name: string): string[] | undefined => {
    try {
      const { mtimeMs, size } = statSync(hostsFile)
      if (seen !== `${mtimeMs} ${size}`) {
        hosts = size > HOSTS_MAX_BYTES ? new Map() : readHosts(readFileSync(hostsFile, 'utf8'))
        seen = `${mtimeMs} ${size}`
      }
    } catch {
      // No hosts file: names come from the resolver.
      hosts = new Map()
    }
    return hosts.get(name)
  }
  return {
    async addressesOf(name, signal) {
      if (isIP(name) !== 0) return [name]
      return known(name) ?? (await ask(name, signal, servers))
    }
  }
}

/** `address name alias …` lines. */
export function readHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) === 0) continue
    for (const name of names) {
      const addresses = hosts.get(name.toLowerCase()) ?? []
      if (addresses.length < ADDRESSES_MAX) addresses.push(address)
      hosts.set(name.toLowerCase(), addresses)
    }
  }
  return hosts
}

async function ask(name: string, signal: AbortSignal, servers?: readonly string[]): Promise<string[]> {
  // A resolver of its own: cancelling ends this look-up only, and nothing is answered from an earlier one.
  const resolver = new Resolver({ timeout: QUERY_MS, tries: TRIES })
  if (servers !== undefined) resolver.setServers(servers)
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  let timer: NodeJS.Timeout | undefined
  try {
    const six = resolver.resolve6(name).then(listed, (error: unknown) => fault(error, name))
    const four = await resolver.resolve4(name).then(listed, (error: unknown) => fault(error, name))
    const patience = new Promise<string[]>((resolve) => {
      timer = setTimeout(() => resolve([]), Array.isArray(four) ? AAAA_PATIENCE_MS : QUERY_MS * TRIES)
    })
    const late = await Promise.race([six, patience])
    const addresses = [...(Array.isArray(four) ? four : []), ...(Array.isArray(late) ? late : [])]
    if (addresses.length > 0) return addresses.slice(0, ADDRESSES_MAX)
    throw four instanceof ProbeFault ? four : new ProbeFault('dns.not_found', name)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
    resolver.cancel()
  }
}

const listed = (addresses: string[]): string[] | ProbeFault => addresses
const fault = (error: unknown, name: string) => dnsFault(error, name, true)

/** A resolver's error in our words; `own` when it is the machine's own resolver that cannot be reached. */
export function dnsFault(error: unknown, name: string, own: boolean): ProbeFault {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const whose = own ? 'ours' : 'fault'
  switch (code) {
    case 'ENOTFOUND':
      return new ProbeFault('dns.not_found', name)
    case 'ENODATA':
      return new ProbeFault('dns.no_answer', name)
    case 'ESERVFAIL':
      return new ProbeFault('dns.failed', `${name}: SERVFAIL`)
    case 'EREFUSED':
      return new ProbeFault('dns.refused', `${name}: REFUSED`)
    case 'ETIMEOUT':
    case 'ECANCELLED':
      return new ProbeFault('dns.timeout', name)
    case 'ECONNREFUSED':
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return new ProbeFault('dns.unreachable', name, { whose })
    default:
      return new ProbeFault('dns.bad_answer', `${name}: ${code.slice(0, 30)}`)
  }
}

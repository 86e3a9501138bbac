import { isIP, type LookupFunction } from 'node:net'
import { checkAddress, forbidden, mayRedirect, type DestinationRule, type Reach } from '#core/destination.ts'
import { SocError } from '#core/errors.ts'
import type { Names } from './names.ts'
import { ProbeFault } from './fault.ts'

/** A host whose every address was checked; only these addresses are connected to. */
export type Destination = { host: string; port: number; addresses: string[]; reach: Reach }

/**
 * Resolves a host once and checks every address it has: one that is refused refuses the host, because nobody knows which
 * one a connection would take. `from` is where a redirect began. Rejects with {@link ProbeFault} (`network.forbidden`, `dns.*`).
 */
export async function resolveDestination(
  host: string,
  port: number,
  { rule, names, signal }: { rule: DestinationRule; names: Names; signal: AbortSignal },
  from?: Reach
): Promise<Destination> {
  const addresses = isIP(host) === 0 ? await names.addressesOf(host, signal) : [host]
  return guarded(() => {
    if (addresses.length === 0) throw new ProbeFault('dns.not_found', host)
    const reaches = addresses.map((address) => checkAddress(address, port, rule))
    const reach = reaches.find((candidate) => candidate !== 'public') ?? 'public'
    if (from !== undefined && !reaches.every((candidate) => mayRedirect(from, candidate)))
      throw forbidden('inwards', host)
    return { host, port, addresses, reach }
  }, from !== undefined)
}

/** Runs a check of core/destination.ts; what it refuses is a fault of the target when `redirected`: then it sent us there. */
export function guarded<T>(check: () => T, redirected: boolean): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof SocError)) throw error
    throw new ProbeFault('network.forbidden', error.message, { whose: redirected ? 'fault' : 'refused', cause: error })
  }
}

/** A look-up that answers with the checked addresses alone: a name that changes its mind meanwhile changes nothing. */
export function pinned({ addresses }: Destination): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, callback) => {
    if (options.all === true) callback(null, all)
    else callback(null, all[0]!.address, all[0]!.family)
  }
}

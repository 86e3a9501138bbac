import { parseNetwork, type Network } from '#core/network.ts'
import type { RefusalCode } from '#core/codes.ts'
import { SocError } from '#core/errors.ts'

export type SourceNetwork = Network & { /** Canonical, host bits cleared: `192.0.2.0/24`. */ text: string }

/** Wider networks would make one sender of half the world; by length of the address in bytes. */
const WIDEST: Record<number, number> = { 4: 8, 16: 16 }

/**
 * Reads `192.0.2.0/24`, `192.0.2.7` or `2001:db8::/32` as the network a sender comes from. Throws `network.invalid` or
 * `network.too_wide`, 422, naming what was written.
 */
export function readSourceNetwork(written: string): SourceNetwork {
  const refusal = (code: RefusalCode, cause?: unknown) =>
    new SocError(code, `"${written.slice(0, 60)}" cannot be a source network`, {
      status: 422,
      params: { network: written.slice(0, 60) },
      cause
    })
  let network: Network
  try {
    network = parseNetwork(written)
  } catch (error) {
    throw refusal('network.invalid', error)
  }
  if (network.prefix < WIDEST[network.bytes.length]!) throw refusal('network.too_wide')
  return { ...network, text: `${addressText(network.bytes)}/${network.prefix}` }
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[2 * index]! * 256 + bytes[2 * index + 1]!).toString(16))
  // The URL parser knows the canonical short form (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

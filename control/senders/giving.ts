import type { RefusalCode } from '#core/codes.ts'
import { SocError } from '#core/errors.ts'
import { networkKey, readNetwork, type Network } from '#core/network.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { readSourceNetwork } from './networks.ts'
import type { SenderDraft, SenderRecord } from './senders.ts'

/** Bits of the widest network that an administrator of some units names, by length of the address in bytes. */
const WIDEST_IN_SCOPE: Record<number, number> = { 4: 16, 16: 48 }

type Carried = Pick<SenderRecord, 'unit' | 'speaksFor'>

/** Whether every unit that a source belongs to, or may speak for, lies in a scope: only then it is the scope's to change. */
export function carriesWithin(scope: Scope, { unit, speaksFor }: Carried): boolean {
  if (scope === undefined) return true
  if (!scope.has(unit) || speaksFor === 'any') return false
  return speaksFor === 'self' || speaksFor.every((code) => scope.has(code))
}

/** True when one of two networks holds the other, or they are the same. */
export function overlap(one: Network, other: Network): boolean {
  const [wide, narrow] = one.prefix <= other.prefix ? [one, other] : [other, one]
  if (wide.words.length !== narrow.words.length) return false
  return wide.words.every((word, index) => (narrow.words[index]! & wide.masks[index]!) >>> 0 === word)
}

/**
 * Refuses what an administrator of some units may not hand to a source: units outside (`unit.unknown`), the right to speak for
 * all (`source.speaks_beyond`), networks that are very wide (`network.too_wide_here`) or that hold, or lie in, a network of
 * somebody else's source (`network.not_yours`, which does not say whose). Networks that the source `had` before are left to it.
 */
export function checkGiven(
  scope: Scope,
  given: Partial<SenderDraft>,
  senders: readonly SenderRecord[],
  had: readonly string[] = []
): void {
  if (scope === undefined) return
  const refuse = (code: RefusalCode, status: number, params: Record<string, string | number> = {}): never => {
    throw new SocError(code, 'more than an administrator of these units may give', { status, params })
  }
  const { unit, speaksFor, networks = [] } = given
  const named = [...(unit === undefined ? [] : [unit]), ...(Array.isArray(speaksFor) ? speaksFor : [])]
  for (const code of named) if (!inScope(scope, code)) refuse('unit.unknown', 422, { unit: code.slice(0, 50) })
  if (speaksFor === 'any') refuse('source.speaks_beyond', 403)
  const kept = new Set(had.map((text) => networkKey(readSourceNetwork(text))))
  const foreign = senders
    .filter((sender) => !carriesWithin(scope, sender))
    .flatMap((sender) => sender.networks.flatMap((text) => readNetwork(text) ?? []))
  for (const written of networks) {
    const network = readSourceNetwork(written)
    if (kept.has(networkKey(network))) continue
    const widest = WIDEST_IN_SCOPE[network.bytes.length]!
    if (network.prefix < widest) refuse('network.too_wide_here', 422, { network: network.text })
    if (foreign.some((theirs) => overlap(network, theirs))) refuse('network.not_yours', 409, { network: network.text })
  }
}

import type { Summary } from '#core/api.ts'

export type BlindSpot = { kind: 'silent' | 'never' | 'dead' | 'rules' | 'store' | 'ledger'; count: number }

/** What we are blind to, worst first; an empty list is the only green one. */
export function blindSpots(blind: Summary['blind']): BlindSpot[] {
  const all: BlindSpot[] = [
    { kind: 'ledger', count: blind.ledgerImbalance ? 1 : 0 },
    { kind: 'store', count: blind.storeAway ? 1 : 0 },
    { kind: 'silent', count: blind.silentSources },
    { kind: 'never', count: blind.neverHeard },
    { kind: 'rules', count: blind.brokenRules },
    { kind: 'dead', count: blind.deadLetters }
  ]
  return all.filter((spot) => spot.count > 0)
}

/** The number on the badge: blind spots, not dead letters, of which one kind counts once however many there are. */
export function blindCount(blind: Summary['blind']): number {
  return blindSpots(blind).reduce((total, spot) => total + (spot.kind === 'dead' ? 1 : spot.count), 0)
}

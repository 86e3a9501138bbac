import type { Summary } from '#core/api/sources.ts'

export type BlindSpot = {
  kind:
    | 'nothing'
    | 'silent'
    | 'never'
    | 'stopped'
    | 'units'
    | 'models'
    | 'dead'
    | 'rules'
    | 'store'
    | 'ledger'
    | 'full'
    | 'failing'
    | 'losses'
    | 'threads'
    | 'held'
  count: number
}

/** What we are blind to, worst first; an empty list is the only green one. */
export function blindSpots(blind: Summary['blind']): BlindSpot[] {
  const all: BlindSpot[] = [
    { kind: 'full', count: blind.storageAway === 'full' ? 1 : 0 },
    { kind: 'failing', count: blind.storageAway === 'failing' ? 1 : 0 },
    { kind: 'losses', count: blind.storeLosses },
    { kind: 'ledger', count: blind.ledgerImbalance ? 1 : 0 },
    { kind: 'threads', count: blind.threadsDown },
    { kind: 'held', count: blind.matchesHeld ? 1 : 0 },
    { kind: 'store', count: blind.storeAway ? 1 : 0 },
    { kind: 'nothing', count: blind.nothingReceived ? 1 : 0 },
    { kind: 'silent', count: blind.silentSources },
    { kind: 'never', count: blind.neverHeard },
    { kind: 'stopped', count: blind.unitsSilent },
    { kind: 'units', count: blind.unitsNotConnected },
    { kind: 'models', count: blind.modelsWithoutData },
    { kind: 'rules', count: blind.brokenRules },
    { kind: 'dead', count: blind.deadLetters }
  ]
  return all.filter((spot) => spot.count > 0)
}

/** Counted one by one they would drown the rest: a hundred units nobody has connected yet are one thing to do. */
const oneOfAKind: readonly BlindSpot['kind'][] = ['dead', 'stopped', 'units', 'models']

/** The number on the badge: blind spots, but dead letters, units and models each count once however many there are. */
export function spotCount(spots: readonly BlindSpot[]): number {
  return spots.reduce((total, spot) => total + (oneOfAKind.includes(spot.kind) ? 1 : spot.count), 0)
}

/** The same number from the counts of a summary. */
export function blindCount(blind: Summary['blind']): number {
  return spotCount(blindSpots(blind))
}

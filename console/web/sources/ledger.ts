import { fates, type Fate } from '#core/ledger.ts'

export type LedgerSum = { received: number; terms: { fate: Fate; count: number }[]; sum: number; adds: boolean }

/** The ledger as an equation: received = the sum of the fates, checked here and not only believed. */
export function equation(received: number, counts: Partial<Record<Fate, number>>): LedgerSum {
  const terms = fates.map((fate) => ({ fate, count: counts[fate] ?? 0 }))
  const sum = terms.reduce((total, term) => total + term.count, 0)
  return { received, terms, sum, adds: sum === received }
}

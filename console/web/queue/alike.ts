import type { AlertDetail } from '#core/api/alerts.ts'

type Evidence = AlertDetail['evidence'][number]
export type Alike = { first: Evidence; from: number; to: number; events: number }

/** Evidence that matched in the same fields and values, folded into one with its span: four equal boxes say nothing more. */
export function alike(evidence: readonly Evidence[]): Alike[] {
  const groups = new Map<string, Alike>()
  for (const entry of evidence) {
    const key = JSON.stringify(entry.matched)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: entry, from: entry.time, to: entry.time, events: 1 })
    else {
      group.from = Math.min(group.from, entry.time)
      group.to = Math.max(group.to, entry.time)
      group.events += 1
    }
  }
  return [...groups.values()]
}

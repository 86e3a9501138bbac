/** Most that correlation remembers. What happens at each ceiling is counted in {@link CorrelationLimits}. */
export type Ceilings = {
  /** Groups of all rules together; then the rule with the most groups gives up the one that was quiet longest. */
  groups: number
  /** Events of one group within reach of its windows; then its oldest is forgotten and the count says "at least". */
  entriesPerGroup: number
  /** Events of all groups; then the rule with the most gives up the group that was quiet longest. */
  entries: number
  /** Whole events held as evidence; then the one held longest is let go, and an alert shows fewer of them. */
  evidence: number
}

/** About 40 MB, and a checkpoint of a third of a second, when all of them are reached at once. */
export const defaultCeilings: Ceilings = { groups: 20_000, entriesPerGroup: 10_000, entries: 200_000, evidence: 2_048 }

/**
 * An event is remembered for the span of its rule plus this time after it was received (not after it happened: what an
 * edge collector sends after hours without a line is counted like everything else). 15 minutes is longer than relays
 * and agents hold lines back when nothing is broken.
 */
export const LATENESS_MS = 15 * 60_000

/** What is remembered, and what was forgotten because of a ceiling since the start. */
export type CorrelationLimits = {
  ceilings: Ceilings
  groups: number
  entries: number
  evidence: number
  evictedGroups: number
  evictedEntries: number
  evictedEvidence: number
}

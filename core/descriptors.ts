import { readFileSync } from 'node:fs'

/** Taken where the system does not say: macOS and small containers allow at least this many. */
const UNKNOWN_LIMIT = 4_096

/** How many files and connections this process may hold open. */
export function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? UNKNOWN_LIMIT : soft === 'unlimited' ? Infinity : Number(soft)
  } catch {
    return UNKNOWN_LIMIT
  }
}

/** Connections that one door may hold: `most`, and never more than its share of all descriptors. */
export const doorSize = (most: number, share: number, limit = descriptorLimit()): number =>
  Math.max(8, Math.min(most, Math.floor(limit * share)))

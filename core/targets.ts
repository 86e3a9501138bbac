import type { Level } from './match.ts'

/**
 * Minutes until an alert should be judged and an incident handled, by level: an hour for critical, half a shift for high,
 * a day for medium, three for low. Service targets of a SOC, not law.
 */
export const targetMinutes: Record<Level, number | undefined> = {
  critical: 60,
  high: 240,
  medium: 1_440,
  low: 4_320,
  informational: undefined
}

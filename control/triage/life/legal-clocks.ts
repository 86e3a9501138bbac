import { HOUR_MS } from '#core/time.ts'
import type { IncidentDetail } from '#core/api/alerts.ts'
import { words } from '../words.ts'

/**
 * What the law counts from detection, in calendar hours. Informational: whether a text applies to an incident is for
 * people to say (serious or ordinary, personal data or not).
 */
const clocks = [
  { code: 'first_notice', hours: 24 },
  { code: 'cause_and_scope', hours: 72 },
  { code: 'personal_data', hours: 72 },
  { code: 'operator_report', hours: 120 }
] as const

/** The legal clocks of an incident detected at `detectedAt`, earliest first. */
export function legalClocks(detectedAt: number): IncidentDetail['clocks'] {
  return clocks.map(({ code, hours }) => ({ code, label: words.clock[code], due: detectedAt + hours * HOUR_MS }))
}

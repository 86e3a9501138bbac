import { levels, type Bilingual, type Level } from '#core/match.ts'
import type { AdviceBook } from '#control/rules/advice-book.ts'

/** What advice looks at of an alert. */
export type Advised = { ruleId: string; level: Level; tags: readonly string[] }

/** What a form holds, and what somebody reads on a phone before the first act. */
const MAX_STEPS = 5
/** Built-in rules speak of systems and senders, all others of an intruder. */
export const isIntrusion = (ruleId: string): boolean => !ruleId.startsWith('soc.')

/**
 * Steps suggested for these alerts together, at most five, none of them twice: those of the gravest intrusion first, then
 * those of the others, the call to the desk last. What an outage asks for is said only where nothing speaks of an intruder.
 */
export function adviceFor(book: AdviceBook, alerts: readonly Advised[]): Bilingual[] {
  const intrusions = alerts.filter(({ ruleId }) => isIntrusion(ruleId))
  const lines = (intrusions.length > 0 ? intrusions : alerts)
    .map((alert) => ({ ...lineOf(book, alert), rank: levels.indexOf(alert.level), id: alert.ruleId }))
    .sort((a, b) => b.rank - a.rank || a.place - b.place || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const steps = new Map(lines.flatMap(({ steps }) => steps.map((step) => [`${step.vi}\n${step.en}`, step])))
  const found = [...steps.values()]
  if (found.length === 0) return [...book.otherwise]
  if (!found.includes(book.last)) return found.slice(0, MAX_STEPS)
  return [...found.filter((step) => step !== book.last).slice(0, MAX_STEPS - 1), book.last]
}

/** The steps for an alert, and which of two equally grave alerts speaks first: the lower place. */
function lineOf(book: AdviceBook, { ruleId, tags }: Advised): { place: number; steps: readonly Bilingual[] } {
  const ofRule = book.byRule.get(ruleId)
  // What only this system or sender needs says more than what every outage asks for.
  if (!isIntrusion(ruleId)) return { place: ofRule?.own === true ? 0 : 1, steps: ofRule?.steps ?? [] }
  // Older rule packs write tactics with an underscore.
  const known = tags.map((tag) => tag.toLowerCase().replaceAll('_', '-'))
  const at = book.byTag.findIndex((line) => known.some((tag) => tag.startsWith(line.tag)))
  return { place: at === -1 ? book.byTag.length : at, steps: ofRule?.steps ?? book.byTag[at]?.steps ?? [] }
}

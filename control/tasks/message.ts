import type { Bilingual, Level } from '#core/match.ts'
import type { Announcement, Priority } from '#core/notification.ts'
import { ICT_OFFSET_MS } from '#core/time.ts'
import type { UnitRef } from '#core/api/common.ts'
import { bothLanguages, fillWords, levelWords } from '#core/words.ts'
import { socBody, socTitles, unitBodies, unitSms, unitTitles } from './words.ts'

/** 03:21 23/11/2026 in Asia/Ho_Chi_Minh. */
export function momentText(ms: number): string {
  const [day = '', time = ''] = new Date(ms + ICT_OFFSET_MS).toISOString().split('T')
  return `${time.slice(0, 5)} ${day.split('-').reverse().join('/')}`
}

/** Why a unit is written to. */
export type Occasion = keyof typeof unitTitles
type About = { id: string; level: Level; deadline: number; unit: UnitRef }

const valuesOf = ({ id, level, deadline, unit }: About) => ({
  id,
  unit: unit.name,
  level: levelWords[level],
  deadline: momentText(deadline)
})

/** Title and body of the message to the unit, as it is sent and as the form previews it. */
export function unitMessage(occasion: Occasion, about: About): { title: Bilingual; body: Bilingual; sms: string } {
  const values = valuesOf(about)
  const body = occasion === 'withdrawn' ? unitBodies.withdrawn : unitBodies.asked
  // An SMS has 160 places: the year goes without saying.
  const due = values.deadline.replace(/\/\d{4}$/, '')
  const sms = fillWords(bothLanguages(unitSms[occasion]), { ...values, due }).vi
  return { title: fillWords(unitTitles[occasion], values), body: fillWords(body, values), sms }
}

/** Why the SOC is written to: an answer of a unit, a question, an overdue task. */
export type SocOccasion = keyof typeof socTitles

/** Title and body of the message to the SOC. */
export function socMessage(occasion: SocOccasion, about: About): { title: Bilingual; body: Bilingual } {
  const values = valuesOf(about)
  return { title: fillWords(socTitles[occasion], values), body: fillWords(socBody, values) }
}

/** How urgent the messages of a task are. */
export function priorityOf(level: Level): Priority {
  return level === 'critical' ? 1 : level === 'high' ? 2 : 3
}

/** What every announcement of a task has in common. */
export const announcementOf = (
  record: { id: string; origin: Announcement['origin']; unit: string },
  more: Omit<Announcement, 'topic' | 'origin' | 'unit' | 'code' | 'escalates'>
): Announcement => ({
  topic: 'task',
  origin: record.origin,
  unit: record.unit,
  code: record.id,
  // Deadlines drive reminders and escalation here; the outbox's own ladder would double them.
  escalates: false,
  ...more
})

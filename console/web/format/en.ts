import { levelName } from '#core/words.ts'
import type { vi } from './vi.ts'

/** The same in English. */
export const en: typeof vi = {
  'span.seconds': (n) => `${n} s`,
  'span.tenths': (n) => `${n} s`,
  'span.minutes': (n) => `${n} min`,
  'span.hours': (n) => `${n} h`,
  'span.hoursMinutes': (h, m) => `${h} h ${m}`,
  'span.minutesSeconds': (m, s) => `${m} min ${s} s`,
  'span.long.minutes': (n) => (n === 1 ? '1 minute' : `${n} minutes`),
  'span.long.hours': (n) => (n === 1 ? '1 hour' : `${n} hours`),
  'span.long.days': (n) => `${n} days`,
  'span.days': (n) => `${n} d`,
  'span.daysHours': (d, h) => `${d} d ${h} h`,

  'level.critical': levelName('critical').en,
  'level.high': levelName('high').en,
  'level.medium': levelName('medium').en,
  'level.low': levelName('low').en,
  'level.informational': levelName('informational').en,

  'origin.real': 'real',
  'origin.demonstration': 'demonstration',
  'origin.canary': 'rule proof',

  'deadline.left': (left) => `${left} left`,
  'deadline.over': (by) => `${by} over`,
  'deadline.overLong': (by) => `overdue by ${by}`
}

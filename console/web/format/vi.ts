import { levelName } from '#core/words.ts'

/** Words of what every feature prints: spans of time, deadlines, levels, origins. */
export const vi = {
  'span.seconds': (n: number) => `${n} s`,
  'span.tenths': (n: string) => `${n.replace('.', ',')} s`,
  'span.minutes': (n: number) => `${n} ph`,
  'span.hours': (n: number) => `${n} g`,
  'span.hoursMinutes': (h: number, m: string) => `${h} g ${m}`,
  'span.minutesSeconds': (m: number, s: string) => `${m} ph ${s} s`,
  'span.long.minutes': (n: number) => `${n} phút`,
  'span.long.hours': (n: number) => `${n} giờ`,
  'span.long.days': (n: number) => `${n} ngày`,
  'span.days': (n: number) => `${n} ng`,
  'span.daysHours': (d: number, h: number) => `${d} ng ${h} g`,

  'level.critical': levelName('critical').vi,
  'level.high': levelName('high').vi,
  'level.medium': levelName('medium').vi,
  'level.low': levelName('low').vi,
  'level.informational': levelName('informational').vi,

  'origin.real': 'thật',
  'origin.demonstration': 'minh họa',
  'origin.canary': 'thử luật',

  'deadline.left': (left: string) => `còn ${left}`,
  'deadline.over': (by: string) => `quá ${by}`,
  'deadline.overLong': (by: string) => `quá hạn ${by}`
}

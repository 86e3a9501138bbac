import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReportSettings } from '#core/api/reports.ts'
import type { ReportKind } from '#core/report.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import { dueSlots } from './schedule.ts'
import { defaultSettings } from './settings.ts'

/** Due at this moment of Asia/Ho_Chi_Minh. */
function due(moment: string, change: Partial<ReportSettings> = {}) {
  const slots = dueSlots({ ...defaultSettings, ...change }, Date.parse(`${moment}+07:00`))
  return Object.fromEntries(slots.map(({ kind, period }) => [kind, `${period.from}/${period.to}`]))
}

describe('what is due', () => {
  it('is yesterday, from the hour on', () => {
    expect(due('2023-11-15T06:59:59.999').daily).toBe('2023-11-13/2023-11-13')
    expect(due('2023-11-15T07:00:00').daily).toBe('2023-11-14/2023-11-14')
    expect(due('2023-11-15T00:00:00', { hour: 0 }).daily).toBe('2023-11-14/2023-11-14')
    expect(due('2023-11-15T22:59:59', { hour: 23 }).daily).toBe('2023-11-13/2023-11-13')
  })

  it('is last week, Monday to Sunday, for the province and for owners', () => {
    for (const [moment, week] of [
      // A Sunday, and the Monday after it before and after the hour.
      ['2023-11-12T20:00:00', '2023-10-30/2023-11-05'],
      ['2023-11-13T06:59:00', '2023-10-30/2023-11-05'],
      ['2023-11-13T07:00:00', '2023-11-06/2023-11-12'],
      ['2024-01-01T08:00:00', '2023-12-25/2023-12-31']
    ] as const) {
      expect([due(moment).weekly, due(moment).unit_weekly]).toEqual([week, week])
    }
  })

  it('is the last whole reporting month: from the 15th, from the 1st, over the end of a year and a leap day', () => {
    expect(due('2023-11-15T06:59:00').monthly).toBe('2023-09-15/2023-10-14')
    expect(due('2023-11-15T07:00:00').monthly).toBe('2023-10-15/2023-11-14')
    expect(due('2024-01-15T07:00:00').monthly).toBe('2023-12-15/2024-01-14')
    expect(due('2024-01-14T23:00:00').monthly).toBe('2023-11-15/2023-12-14')
    expect(due('2024-03-01T07:00:00', { monthDay: 1 }).monthly).toBe('2024-02-01/2024-02-29')
    expect(due('2023-03-01T07:00:00', { monthDay: 1 }).monthly).toBe('2023-02-01/2023-02-28')
    expect(due('2024-01-01T07:00:00', { monthDay: 1 }).monthly).toBe('2023-12-01/2023-12-31')
    expect(due('2024-03-28T07:00:00', { monthDay: 28 }).monthly).toBe('2024-02-28/2024-03-27')
  })

  it('leaves out what is turned off; owners get theirs as long as somebody subscribes', () => {
    expect(Object.keys(due('2023-11-15T08:00:00', { daily: false, weekly: false, monthly: false }))).toEqual([
      'unit_weekly'
    ])
  })

  it('has ended, is due once, and follows the one before without a gap, at any hour of any day', () => {
    const settings = fc.record({ hour: fc.integer({ min: 0, max: 23 }), monthDay: fc.integer({ min: 1, max: 28 }) })
    const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) })
    fc.assert(
      fc.property(settings, moment, (change, now) => {
        const all = { ...defaultSettings, ...change }
        for (const { kind, period, dueAt } of dueSlots(all, now)) {
          expect(dueAt).toBeLessThanOrEqual(now)
          const end = ictDayStart(period.to) + DAY_MS
          expect(dueAt).toBe(end + all.hour * 3_600_000)
          const earlier = slotOf(kind, dueSlots(all, dueAt - 1))
          expect(earlier?.period.to).toBe(ictDay(ictDayStart(period.from) - 1))
        }
      }),
      { numRuns: 300 }
    )
  })
})

const slotOf = (kind: ReportKind, slots: ReturnType<typeof dueSlots>) => slots.find((slot) => slot.kind === kind)

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '#core/time.ts'
import {
  readAccessLogTime,
  readDocumentTime,
  readEpoch,
  readOldSyslogTime,
  readRfc3339,
  settleTime,
  zoneName
} from './event-time.ts'

const rfc3339 = (text: string, zoneless?: number) => readRfc3339(text, 0, text.length, zoneless)
const iso = (ms: number | undefined) => (ms === undefined || Number.isNaN(ms) ? String(ms) : new Date(ms).toISOString())

describe('times as senders write them', () => {
  it('reads RFC 3339 with any zone and any fraction', () => {
    expect(iso(rfc3339('2026-11-23T07:30:52+07:00'))).toBe('2026-11-23T00:30:52.000Z')
    expect(iso(rfc3339('2026-11-23T00:30:52.123456789Z'))).toBe('2026-11-23T00:30:52.123Z')
    expect(iso(rfc3339('2026-11-23T00:30:52,5+0000'))).toBe('2026-11-23T00:30:52.500Z')
    expect(iso(rfc3339('2026-12-31T23:59:60Z'))).toBe('2026-12-31T23:59:59.000Z')
  })

  it('refuses what only looks like a time', () => {
    for (const text of [
      '2026-13-01T00:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-11-31T00:00:00Z',
      '2026-11-23T24:00:00Z',
      '2026-11-23T00:00:00',
      '2026-11-23T00:00:00+99:00',
      '2026-11-23T00:00:00Zx',
      '2026-11-23'
    ]) {
      expect(rfc3339(text), text).toBeNaN()
    }
  })

  it('takes the sender’s offset where no zone is written', () => {
    expect(iso(rfc3339('2026-11-23 07:30:52', 420))).toBe('2026-11-23T00:30:52.000Z')
  })

  it('agrees with the platform on every moment it can print', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true }), (date) => {
        expect(rfc3339(date.toISOString())).toBe(date.getTime())
      })
    )
  })

  it('reads access-log times', () => {
    expect(iso(readAccessLogTime('23/Nov/2026:07:30:52 +0700', 0))).toBe('2026-11-23T00:30:52.000Z')
    expect(readAccessLogTime('23/Foo/2026:07:30:52 +0700', 0)).toBeNaN()
  })

  it('tells seconds, milli-, micro- and nanoseconds apart by their digits', () => {
    for (const text of ['1795393852', '1795393852000', '1795393852000000', '1795393852000000000']) {
      expect(iso(readEpoch(text)), text).toBe('2026-11-23T00:30:52.000Z')
    }
    expect(readEpoch('12')).toBeNaN()
  })

  it('reads times of documents as text, number and fraction', () => {
    expect(iso(readDocumentTime(1_795_393_852.25))).toBe('2026-11-23T00:30:52.250Z')
    expect(iso(readDocumentTime(1_795_393_852_250))).toBe('2026-11-23T00:30:52.250Z')
    expect(readDocumentTime(null)).toBeNaN()
    expect(readDocumentTime(-5)).toBeNaN()
    expect(readDocumentTime(Number.POSITIVE_INFINITY)).toBeNaN()
  })

  it.each([
    '2026-11-23 07:30:52 +0700',
    '2026-11-23 07:30:52 +07',
    '2026-11-23 00:30:52 UTC',
    '2026-11-23 07:30:52 ICT',
    '2026-11-23T07:30:52',
    '20261123T003052Z',
    '20261123T073052+0700',
    '20261123073052',
    '23/Nov/2026:07:30:52 +0700',
    '23-Nov-2026 07:30:52',
    '2026/11/23 07:30:52',
    '2026.11.23 07:30:52',
    '23/11/2026 07:30:52',
    '11/23/2026 07:30:52 AM',
    'Mon, 23 Nov 2026 00:30:52 GMT',
    'Mon, 23 Nov 2026 07:30:52 +0700 (ICT)',
    'Mon Nov 23 07:30:52 2026',
    'Mon Nov 23 07:30:52 ICT 2026',
    'Nov 23, 2026 7:30:52 AM',
    '2026-11-23 07:30:52 GMT+7',
    '1795393852',
    '1795393852000',
    '1795393852000000',
    '1795393852000000000'
  ])('reads %s', (text) => {
    expect(iso(readDocumentTime(text, 420))).toBe('2026-11-23T00:30:52.000Z')
  })

  it('keeps fractions and does without seconds', () => {
    expect(iso(readDocumentTime('2026-11-23 07:30:52,5 +0700'))).toBe('2026-11-23T00:30:52.500Z')
    expect(iso(readDocumentTime('2026-11-23T00:30Z'))).toBe('2026-11-23T00:30:00.000Z')
    expect(iso(readDocumentTime('20261123T0030Z'))).toBe('2026-11-23T00:30:00.000Z')
  })

  it.each([
    '2026-11-23',
    '23/13/2026 07:30:52',
    '2026-11-23 25:30:52',
    'Foo 23 07:30:52 2026',
    '2026-11-23 07:30:52 xyz',
    '07:30:52',
    'now'
  ])('reads no time in %s', (text) => {
    expect(readDocumentTime(text, 420)).toBeNaN()
  })
})

describe('the year that RFC 3164 leaves out', () => {
  const read = (text: string, received: string) => iso(readOldSyslogTime(text, 0, Date.parse(received), 420)?.time)

  it('is the one nearest to the receive time, on both sides of new year', () => {
    expect(read('Dec 31 23:59:59 h', '2026-12-31T17:00:30Z')).toBe('2026-12-31T16:59:59.000Z')
    expect(read('Dec 31 23:59:59 h', '2027-01-01T01:00:00Z')).toBe('2026-12-31T16:59:59.000Z')
    expect(read('Jan  1 00:00:01 h', '2026-12-31T16:59:00Z')).toBe('2026-12-31T17:00:01.000Z')
  })

  it('is a leap year for 29 February', () => {
    expect(read('Feb 29 12:00:00 h', '2028-03-01T00:00:00Z')).toBe('2028-02-29T05:00:00.000Z')
    expect(read('Feb 29 12:00:00 h', '2029-01-10T00:00:00Z')).toBe('2028-02-29T05:00:00.000Z')
  })

  it('is believed when it is written after all', () => {
    expect(read('Nov 23 2025 07:30:52 h', '2026-11-23T00:00:00Z')).toBe('2025-11-23T00:30:52.000Z')
  })

  it('brings every date within half a year of its arrival', () => {
    const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 28 }),
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
        (month, day, received) => {
          const answer = readOldSyslogTime(`${months[month]} ${String(day).padStart(2)} 12:00:00 h`, 0, received, 0)
          expect(Math.abs(answer!.time - received)).toBeLessThanOrEqual(184 * DAY_MS)
        }
      )
    )
  })
})

describe('the time an event is filed under', () => {
  const received = Date.parse('2026-11-23T00:00:00Z')

  it('is its own within a day ahead and 30 days behind', () => {
    expect(settleTime(received - 29 * DAY_MS, received)).toEqual({
      time: received - 29 * DAY_MS,
      skewMs: -29 * DAY_MS,
      replaced: false
    })
    expect(settleTime(received + 60_000, received)).toEqual({ time: received + 60_000, skewMs: 0, replaced: false })
  })

  it('is the receive time for 1970 and for 2099', () => {
    expect(settleTime(0, received)).toMatchObject({ time: received, replaced: true })
    expect(settleTime(Date.parse('2099-01-01'), received)).toMatchObject({ time: received, replaced: true })
  })

  it('names zones as ECS does', () => {
    expect([zoneName(420), zoneName(-90), zoneName(0)]).toEqual(['+07:00', '-01:30', '+00:00'])
  })
})

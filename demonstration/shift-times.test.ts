import { describe, expect, it } from 'vitest'
import { newestTime, shiftTimes } from './shift-times.ts'

const hour = 3_600_000

describe('times in a sample log', () => {
  it.each([
    ['<38>Nov 23 23:30:00 web sshd[1]: x', '<38>Nov 24 00:30:00 web sshd[1]: x'],
    [
      '192.0.2.1 - - [30/Nov/2026:23:59:59 +0700] "GET / HTTP/1.1"',
      '192.0.2.1 - - [01/Dec/2026:00:59:59 +0700] "GET / HTTP/1.1"'
    ],
    [
      'date=2026-11-23 time=02:18:40 eventtime=1795375120000000000',
      'date=2026-11-23 time=03:18:40 eventtime=1795378720000000000'
    ],
    ['{"UtcTime":"2026-11-22 19:18:40.123"}', '{"UtcTime":"2026-11-22 20:18:40.123"}'],
    ['{"@timestamp":"2026-12-31T23:30:00.5+07:00"}', '{"@timestamp":"2027-01-01T00:30:00.5+07:00"}']
  ])('are moved in the form they are written in: %s', (before, after) => {
    expect(shiftTimes(before, hour, 2026)).toBe(after)
  })

  it('move by nothing to the same text', () => {
    const text = 'Nov  3 02:18:40 date=2026-11-23 time=02:18:40 2026-11-23T02:18:40Z'
    expect(shiftTimes(text, 0, 2026)).toBe(text)
  })

  it('tell their newest, the one the story ends with', () => {
    expect(newestTime('2026-11-23T02:00:00Z then 2026-11-23T01:00:00-07:00', 2026)).toBe(
      Date.parse('2026-11-23T08:00:00Z')
    )
    expect(newestTime('no time here', 2026)).toBeUndefined()
  })
})

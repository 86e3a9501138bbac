import { expect, it } from 'vitest'
import { eventOf, RECEIVED_AT } from '#testing/frames.ts'
import { SenderClocks } from './sender-clocks.ts'

const HOUR = 3_600_000
/** A line of a host in UTC, received a second after it was written. */
const utcLine = `<13>${new Date(RECEIVED_AT - 1_000).toUTCString().replace(/^.{5}(\d\d) (\w{3}) \d{4} (.{8}).*$/, '$2 $1 $3')} h app: x`

it('a host in UTC under a sender of +07:00 is seven hours behind', () => {
  const clocks = new SenderClocks()
  for (let count = 0; count < 20; count++) clocks.add('a', eventOf(utcLine))
  expect(clocks.take()).toEqual([{ sender: 'a', skewMs: -7 * HOUR - 1_000, steady: true, usedOffsetMinutes: 420 }])
  expect(clocks.take()).toBeUndefined()
})

it('a few events, and events without a time, say nothing', () => {
  const clocks = new SenderClocks()
  for (let count = 0; count < 7; count++) clocks.add('a', eventOf(utcLine))
  for (let count = 0; count < 20; count++) clocks.add('b', eventOf('<13>app: no time'))
  expect(clocks.take()).toEqual([])
})

it('one late event moves no median, and clocks that differ are not steady', () => {
  const clocks = new SenderClocks()
  const late = '{"@timestamp":"2026-11-22T17:35:00Z","message":"x"}'
  const right = '{"@timestamp":"2026-11-23T00:35:00Z","message":"x"}'
  for (let count = 0; count < 20; count++) clocks.add('a', eventOf(count === 3 ? late : right))
  for (let count = 0; count < 20; count++) {
    clocks.add('b', eventOf(`{"@timestamp":"2026-11-2${count % 2 ? '3' : '2'}T00:35:00Z","message":"x"}`))
  }
  expect(clocks.take()).toEqual([
    { sender: 'a', skewMs: 0, steady: true, usedOffsetMinutes: null },
    expect.objectContaining({ sender: 'b', steady: false })
  ])
})

it('a changed zone starts anew', () => {
  const clocks = new SenderClocks()
  for (let count = 0; count < 20; count++) clocks.add('a', eventOf(utcLine))
  const event = eventOf(utcLine)
  event.event['timezone'] = '+00:00'
  event.soc.skew_ms = 0
  for (let count = 0; count < 10; count++) clocks.add('a', event)
  expect(clocks.take()).toEqual([{ sender: 'a', skewMs: 0, steady: true, usedOffsetMinutes: 0 }])
})

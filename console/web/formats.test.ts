import { HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { en } from './i18n/en.ts'
import { language } from './i18n/text.svelte.ts'
import { inVietnamese } from './i18n/vietnamese.testing.ts'
import { alike } from './queue/alike.ts'
import { highlight } from './queue/highlight.ts'
import { hopsOf } from './queue/hops.ts'
import { inert } from './format/inert.ts'
import { DEPTH_MAX, lines, LINES_MAX } from './kit/json-lines.ts'
import { nearest } from './format/nearest.ts'
import { bytes, count, percent } from './format/number.ts'
import { offsetText } from './sources/offset.ts'
import {
  clockTenths,
  fromField,
  hop,
  moment,
  shortMoment,
  shortPeriod,
  shortTime,
  span,
  toField
} from './format/time.ts'
import { OVERSCAN, scrollToShow, windowOf } from './kit/virtual-window.ts'

/** 02:21:40 on 23/11/2026 in Asia/Ho_Chi_Minh. */
const night = Date.UTC(2026, 10, 22, 19, 21, 40, 130)

beforeEach(inVietnamese)

it('figures follow the language', () => {
  expect([count(1_234_567), percent(0.8412), bytes(1_288_490_189)]).toEqual([
    '1.234.567',
    '84,12\u00a0%',
    '1,2\u00a0GB'
  ])
  language.show('en', en)
  expect([count(1_234_567), percent(0.8412), bytes(1_288_490_189)]).toEqual([
    '1,234,567',
    '84.12\u00a0%',
    '1.2\u00a0GB'
  ])
  expect([bytes(0), bytes(1023), bytes(1024)]).toEqual(['0\u00a0B', '1,023\u00a0B', '1\u00a0KB'])
})

it('times are shown in Asia/Ho_Chi_Minh', () => {
  expect(moment(night)).toBe('02:21:40 23/11/2026')
  expect(clockTenths(night)).toBe('02:21:40,1')
  expect(offsetText(420)).toBe('UTC+07:00')
  expect(offsetText(-210)).toBe('UTC−03:30')
})

it('a time of today is a clock, of this year a day, else a whole date', () => {
  expect(shortTime(night, night + HOUR_MS)).toBe('02:21')
  // 23:40 of the evening before is less than three hours ago, and yet another day.
  expect(shortTime(night - 3 * HOUR_MS, night)).toBe('22/11')
  expect(shortTime(Date.UTC(2023, 9, 15), night)).toBe('15/10/2023')
  expect(shortMoment(night - 3 * HOUR_MS, night)).toBe('22/11 23:21')
  // An end without its day would look like one of the day on the left.
  expect(shortPeriod(night - 26 * HOUR_MS, night - HOUR_MS, night)).toBe('22/11 00:21 – 23/11 01:21')
  expect(shortPeriod(night - 2 * HOUR_MS, night - HOUR_MS, night)).toBe('00:21 – 01:21')
})

it('lengths of time are as short as they can be said', () => {
  const said = [
    18_000,
    42 * MINUTE_MS,
    3 * HOUR_MS + 12 * MINUTE_MS,
    4 * HOUR_MS,
    5 * HOUR_MS + 30 * MINUTE_MS,
    31 * HOUR_MS
  ].map(span)
  expect(said).toEqual(['18 s', '42 ph', '3 g 12', '4 g', '5 g', '1 ng 7 g'])
  expect([48 * HOUR_MS, 119 * HOUR_MS, 7 * 24 * HOUR_MS + HOUR_MS].map(span)).toEqual(['2 ng', '4 ng 23 g', '7 ng'])
  expect(span(-42 * MINUTE_MS)).toBe('42 ph')
  expect([hop(340), hop(61_000), hop(-340)]).toEqual(['0,3 s', '1 ph 01 s', '−0,3 s'])
  language.show('en', en)
  expect([span(3 * HOUR_MS + 2 * MINUTE_MS), hop(340)]).toEqual(['3 h 02', '0.3 s'])
})

it('a time field keeps its minute in Vietnam wherever the browser stands', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
      expect(fromField(toField(ms))).toBe(ms - (ms % MINUTE_MS))
    })
  )
  expect(fromField('nonsense')).toBeNaN()
})

it('marking cuts a line without losing or adding a character', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ maxLength: 6 }), { maxLength: 40 }), (text, values) => {
      expect(
        highlight(text, values)
          .map((piece) => piece.text)
          .join('')
      ).toBe(text)
    })
  )
})

it('every occurrence of a value is marked, the longer value first', () => {
  expect(highlight('root from root-shell', ['root', 'root-shell'])).toEqual([
    { text: 'root', marked: true },
    { text: ' from ', marked: false },
    { text: 'root-shell', marked: true }
  ])
})

it('the window covers the view and its rows and spaces add up to the whole list', () => {
  const row = 52
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(1_200_000), fc.integer({ min: 1, max: 2000 }), (rows, scrollTop, height) => {
      const { first, last, before, after } = windowOf({ scrollTop, height, rowHeight: row, count: rows })
      expect(before + (last - first) * row + after).toBe(rows * row)
      const top = Math.min(scrollTop, Math.max(0, rows * row - height))
      expect(first * row).toBeLessThanOrEqual(top)
      expect(last * row).toBeGreaterThanOrEqual(Math.min(top + height, rows * row))
      expect(last - first).toBeLessThanOrEqual(Math.ceil(height / row) + 2 * OVERSCAN + 1)
    })
  )
})

it('scrolling moves no more than it must to show the row under the cursor', () => {
  const view = { scrollTop: 520, height: 520, rowHeight: 52, count: 100 }
  expect(scrollToShow(12, view)).toBeNull()
  expect(scrollToShow(9, view)).toBe(468)
  expect(scrollToShow(20, view)).toBe(572)
})

it('a document becomes dotted fields in its own order', () => {
  const line = (field: string, ...values: string[]) => ({
    field,
    path: field,
    values: values.map((text) => ({ text, asked: text, masked: false }))
  })
  expect(lines({ event: { id: 'e1', category: ['a', 'b'] }, user: { name: '<b>' } }).lines).toEqual([
    line('event.id', 'e1'),
    line('event.category', 'a', 'b'),
    line('user.name', '<b>')
  ])
})

it('each value of a list can be asked for by the path the language knows, what is masked cannot', () => {
  const document = {
    related: { ip: ['192.0.2.1', '192.0.2.2'] },
    threat: { enrichments: [{ indicator: { ip: '198.51.100.7' } }] },
    message: 'CCCD 046*******34 tra cứu',
    empty: null
  }
  const [related, indicator, message, empty] = lines(document).lines
  expect(related?.values.map(({ asked }) => asked)).toEqual(['192.0.2.1', '192.0.2.2'])
  expect(indicator).toMatchObject({
    field: 'threat.enrichments[0].indicator.ip',
    path: 'threat.enrichments.indicator.ip',
    values: [{ asked: '198.51.100.7' }]
  })
  expect(message?.values).toEqual([{ text: 'CCCD 046*******34 tra cứu', asked: null, masked: true }])
  expect(empty?.values[0]?.asked).toBeNull()
})

it('no document makes the screen slow: fields and depth have a ceiling', () => {
  const wide = Object.fromEntries(Array.from({ length: LINES_MAX + 5 }, (_, index) => [`f${index}`, index]))
  expect(lines(wide)).toMatchObject({ cut: true, lines: { length: LINES_MAX } })
  let deep: unknown = 'x'
  for (let level = 0; level < DEPTH_MAX * 3; level++) deep = { a: deep }
  expect(lines(deep).lines[0]?.values[0]?.text).toContain('{"a":')
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(lines(value).lines.length).toBeLessThanOrEqual(LINES_MAX)
    })
  )
})

it('an arrow leads to the neighbour of the same row before a nearer tile of another', () => {
  const tile = (left: number, top: number) => ({ left, top, width: 10, height: 10 })
  const tiles = [tile(0, 0), tile(30, 0), tile(14, 12), tile(0, 12)]
  expect(nearest(tiles, 0, 'ArrowRight')).toBe(1)
  expect(nearest(tiles, 0, 'ArrowDown')).toBe(3)
  expect(nearest(tiles, 0, 'ArrowUp')).toBe(-1)
})

it('the slow hop of an alert is named, and waiting for a person is none', () => {
  const way = hopsOf({ event: 0, received: 300, matched: 9_000, raised: 9_200, acknowledged: 600_000 })
  expect(way.machineMs).toBe(8_900)
  expect(way.hops.map((step) => [step.code, step.tookMs, step.slow])).toEqual([
    ['event', null, false],
    ['received', 300, false],
    ['matched', 8_700, true],
    ['raised', 200, false],
    ['acknowledged', 590_800, false]
  ])
})

it('the hops after receipt add up to what the heading says, as they are shown', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(59_000), fc.nat(59_000), (event, match, raise) => {
      const received = event + 250
      const matched = received + match
      const { hops, machineMs } = hopsOf({ event, received, matched, raised: matched + raise, acknowledged: null })
      const tenths = (ms: number | null) => Math.floor((ms ?? NaN) / 100)
      expect(tenths(hops[2]?.tookMs ?? null) + tenths(hops[3]?.tookMs ?? null)).toBe(tenths(machineMs))
    })
  )
})

it('a log cannot show another address than it holds', () => {
  expect(inert('\u202e42.311.0.302')).toBe('\\u202e42.311.0.302')
  expect(inert('a\u200bb\u0007\u{e0041}')).toBe('a\\u200bb\\u0007\\ue0041')
  expect(inert('Tệp “ế ữ ợ”\n\tđã mở – 5 × 😀')).toBe('Tệp “ế ữ ợ”\n\tđã mở – 5 × 😀')
})

it('four equal pieces of evidence are said once, with their span', () => {
  const piece = (eventId: string, time: number, value: string) => ({
    eventId,
    time,
    matched: [{ selection: 's', field: 'f', value }]
  })
  const groups = alike([piece('a', 2, 'x'), piece('b', 1, 'x'), piece('c', 5, 'y'), piece('d', 9, 'x')])
  expect(groups.map(({ first, from, to, events }) => [first.eventId, from, to, events])).toEqual([
    ['a', 1, 9, 3],
    ['c', 5, 5, 1]
  ])
})

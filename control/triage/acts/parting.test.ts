import { expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import { actor, colleague, sampleFold, START, testBench } from '#testing/folds.ts'

/** VL-0001 of one medium alert, opened by hand; an hour later VL-0002 of a critical one, and one that matched earlier. */
function two() {
  const bench = testBench()
  bench.alerts.raise(sampleFold({ rule: 'a', entity: 'a' }))
  bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'merge', incident: null } }, actor)
  bench.clock.advance(HOUR_MS)
  bench.alerts.raise(sampleFold({ rule: 'b', entity: 'b', level: 'critical', unit: '19837' }, START - MINUTE_MS))
  const act = (id: string, given: Parameters<typeof bench.alerts.actOnIncident>[1], by = actor) =>
    bench.alerts.actOnIncident(id, given, by)
  /** What of an incident a merge touches; the clocks tell when it was detected. */
  const times = (id: string) => {
    const { incident, clocks } = bench.alerts.incident(id)!
    const { level, deadline, lastSeen, units } = incident
    return { level, deadline, lastSeen, units, clocks }
  }
  return { ...bench, act, times }
}

it('a merge taken back leaves level, deadline, detection and units as they were, on both sides', () => {
  const { act, times, clock } = two()
  const before = [times('VL-0001'), times('VL-0002')]
  clock.advance(MINUTE_MS)
  act('VL-0001', { kind: 'merge', from: 'VL-0002' })
  expect(times('VL-0001')).toMatchObject({ level: 'critical', clocks: before[1]!.clocks })
  expect(times('VL-0001').deadline).toBeLessThan(before[0]!.deadline!)
  act('VL-0001', { kind: 'unmerge', from: 'VL-0002' })
  expect([times('VL-0001'), times('VL-0002')]).toEqual(before)
})

it.each(['new', null] as const)('so does an alert that is released into %s', (into) => {
  const { act, times, alerts } = two()
  const before = times('VL-0001')
  alerts.act({ ids: ['CB-0002'], act: { kind: 'merge', incident: 'VL-0001' } }, actor)
  act('VL-0001', { kind: 'release', alerts: ['CB-0002'], into })
  expect(times('VL-0001')).toEqual(before)
})

it('so does an alert whose merge is undone', () => {
  const { times, alerts } = two()
  const before = [times('VL-0001'), times('VL-0002')]
  alerts.act({ ids: ['CB-0002'], act: { kind: 'merge', incident: 'VL-0001' } }, actor)
  alerts.act({ ids: ['CB-0002'], act: { kind: 'undo' } }, actor)
  expect([times('VL-0001'), times('VL-0002')]).toEqual(before)
})

it('what leaves never brings the deadline nearer', () => {
  const { act, times, clock, alerts } = two()
  clock.advance(30 * MINUTE_MS)
  alerts.act({ ids: ['CB-0001'], act: { kind: 'merge', incident: 'VL-0002' } }, actor)
  const before = times('VL-0002').deadline
  act('VL-0002', { kind: 'release', alerts: ['CB-0001'], into: null })
  expect(times('VL-0002').deadline).toBe(before)
})

it('notes of a merged incident stand in the story of the other with its number, and go with it again', () => {
  const { act, alerts } = two()
  alerts.raise(sampleFold({ rule: 'c', entity: 'c' }))
  alerts.act({ ids: ['CB-0003'], act: { kind: 'merge', incident: null } }, actor)
  act('VL-0002', { kind: 'note', text: 'Đã gọi xã' }, colleague)
  act('VL-0003', { kind: 'note', text: 'Máy của kế toán' })
  alerts.act({ ids: ['CB-0002'], act: { kind: 'note', text: 'rút lại' } }, actor)
  alerts.act({ ids: ['CB-0002'], act: { kind: 'undo' } }, actor)
  const notes = (id: string) =>
    alerts
      .incident(id)!
      .timeline.filter((entry) => entry.act === 'note')
      .map(({ text, params }) => [text, params['from']])
  act('VL-0002', { kind: 'merge', from: 'VL-0003' })
  act('VL-0001', { kind: 'merge', from: 'VL-0002' })
  act('VL-0001', { kind: 'note', text: 'Gộp làm một' })
  const theirs = [
    ['Đã gọi xã', 'VL-0002'],
    ['Máy của kế toán', 'VL-0003']
  ]
  expect(notes('VL-0001')).toEqual([...theirs, ['Gộp làm một', undefined]])
  expect(notes('VL-0002')).toEqual([['Đã gọi xã', undefined], theirs[1]])
  act('VL-0001', { kind: 'unmerge', from: 'VL-0002' })
  expect(notes('VL-0001')).toEqual([['Gộp làm một', undefined]])
})

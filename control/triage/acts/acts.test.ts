import { MINUTE_MS } from '#core/time.ts'
import { describe, expect, it } from 'vitest'
import { verdicts, type AlertAct } from '#core/api/alerts.ts'
import { actor, colleague, sampleFold, START, testBench, type Bench } from '#testing/folds.ts'

function withAlerts(count: number) {
  const bench = testBench()
  for (let index = 0; index < count; index++) {
    bench.alerts.raise(sampleFold({ rule: `rule-${index}`, entity: `203.0.113.${index}` }))
  }
  bench.pushed.length = 0
  return bench
}
const act = (bench: Bench, ids: string[], given: AlertAct['act'], by = actor) =>
  bench.alerts.act({ ids, act: given }, by)
const acts = (bench: Bench, id: string) => bench.alerts.detail(id)?.timeline.map((entry) => [entry.act, entry.by?.id])
const row = (bench: Bench, id: string) => bench.alerts.detail(id)?.alert

describe('judging', () => {
  it('acknowledging takes the alert in hand, once', () => {
    const bench = withAlerts(1)
    bench.clock.advance(MINUTE_MS)
    const { alerts } = act(bench, ['CB-0001'], { kind: 'acknowledge' })
    expect(alerts[0]).toMatchObject({ status: 'acknowledged', assignee: { id: 'u1', name: 'Người trực 1' } })
    expect(bench.alerts.detail('CB-0001')?.hops.acknowledged).toBe(START + MINUTE_MS)
    const { revision } = alerts[0] ?? {}
    expect(act(bench, ['CB-0001'], { kind: 'acknowledge' }).alerts[0]?.revision).toBe(revision)
    expect(acts(bench, 'CB-0001')).toEqual([
      ['alert.opened', undefined],
      ['alert.acknowledged', 'u1']
    ])
    expect(bench.pushed).toHaveLength(1)
  })

  it('every verdict closes, with its note in the story; the same verdict again changes nothing', () => {
    for (const verdict of verdicts) {
      const bench = withAlerts(1)
      act(bench, ['CB-0001'], { kind: 'verdict', verdict, note: 'Đã kiểm tra máy' })
      act(bench, ['CB-0001'], { kind: 'verdict', verdict, note: 'Đã kiểm tra máy' })
      expect(row(bench, 'CB-0001')).toMatchObject({ status: 'closed', verdict, assignee: { id: 'u1' } })
      const entries = bench.alerts.detail('CB-0001')?.timeline.filter((entry) => entry.act === 'alert.verdict')
      expect(entries).toMatchObject([{ text: 'Đã kiểm tra máy', params: { verdict }, unit: '19849' }])
    }
  })

  it('a closed alert is left as it is by acts that no longer fit', () => {
    const bench = withAlerts(1)
    act(bench, ['CB-0001'], { kind: 'verdict', verdict: 'benign' }, colleague)
    for (const kind of ['acknowledge', 'wait', 'archive'] as const) {
      expect(act(bench, ['CB-0001'], { kind }).alerts[0]).toMatchObject({ status: 'closed', assignee: { id: 'u2' } })
    }
    expect(acts(bench, 'CB-0001')).toHaveLength(2)
  })

  it('many at once are judged in one transaction: one unknown id refuses all', () => {
    const bench = withAlerts(3)
    const verdict = { kind: 'verdict', verdict: 'false_positive' } as const
    expect(() => act(bench, ['CB-0001', 'CB-9999'], verdict)).toThrow(
      expect.objectContaining({ code: 'alert.unknown', status: 404, params: { id: 'CB-9999' } })
    )
    expect(row(bench, 'CB-0001')?.status).toBe('new')
    expect(act(bench, ['CB-0001', 'CB-0002', 'CB-0003', 'CB-0003'], verdict).alerts.map((row) => row.status)).toEqual([
      'closed',
      'closed',
      'closed'
    ])
    expect(bench.pushed).toHaveLength(1)
  })

  it('work is not handed to somebody without an account', () => {
    const bench = withAlerts(1)
    expect(() => act(bench, ['CB-0001'], { kind: 'assign', userId: 'nobody' })).toThrow(
      expect.objectContaining({ code: 'user.unknown', status: 400 })
    )
    act(bench, ['CB-0001'], { kind: 'assign', userId: 'u2' })
    expect(row(bench, 'CB-0001')).toMatchObject({ status: 'acknowledged', assignee: { id: 'u2' } })
  })

  it('a note sent twice is written once, and notes of others are kept apart', () => {
    const bench = withAlerts(1)
    act(bench, ['CB-0001'], { kind: 'note', text: 'Đã gọi xã' })
    act(bench, ['CB-0001'], { kind: 'note', text: 'Đã gọi xã' })
    act(bench, ['CB-0001'], { kind: 'note', text: 'Đã gọi xã' }, colleague)
    expect(acts(bench, 'CB-0001')?.slice(1)).toEqual([
      ['note', 'u1'],
      ['note', 'u2']
    ])
  })

  it('reopening by hand is refused while a newer alert of the same kind is open', () => {
    const bench = withAlerts(1)
    act(bench, ['CB-0001'], { kind: 'verdict', verdict: 'benign' })
    act(bench, ['CB-0001'], { kind: 'reopen' })
    expect(row(bench, 'CB-0001')).toMatchObject({
      status: 'acknowledged',
      verdict: null,
      reopened: 1,
      escalated: false
    })
    act(bench, ['CB-0001'], { kind: 'verdict', verdict: 'benign' })
    bench.clock.advance(61 * MINUTE_MS)
    bench.alerts.raise(sampleFold({ rule: 'rule-0', entity: '203.0.113.0' }, bench.clock.now()))
    expect(() => act(bench, ['CB-0001'], { kind: 'reopen' })).toThrow(
      expect.objectContaining({ code: 'alert.newer_open', status: 409 })
    )
  })
})

describe('undo', () => {
  it('takes back the last act on many alerts and says so in the story', () => {
    const bench = withAlerts(2)
    const ids = ['CB-0001', 'CB-0002']
    act(bench, ids, { kind: 'acknowledge' })
    act(bench, ids, { kind: 'verdict', verdict: 'false_positive' })
    bench.clock.advance(30_000)
    act(bench, ids, { kind: 'undo' })
    expect(row(bench, 'CB-0002')).toMatchObject({ status: 'acknowledged', verdict: null, assignee: { id: 'u1' } })
    act(bench, ids, { kind: 'undo' })
    expect(row(bench, 'CB-0002')).toMatchObject({ status: 'new', assignee: null })
    expect(acts(bench, 'CB-0002')?.at(-1)).toEqual(['alert.undone', 'u1'])
  })

  it.each([
    ['after 30 minutes', (bench: Bench) => bench.clock.advance(30 * MINUTE_MS + 1), actor],
    ['by somebody else', () => undefined, colleague],
    [
      'after somebody else acted',
      (bench: Bench) => act(bench, ['CB-0001'], { kind: 'note', text: 'x' }, colleague),
      actor
    ],
    [
      'after a match reopened it',
      (bench: Bench) => bench.alerts.raise(sampleFold({ rule: 'rule-0', entity: '203.0.113.0' })),
      actor
    ]
  ])('is refused %s', (_when, meanwhile, by) => {
    const bench = withAlerts(1)
    act(bench, ['CB-0001'], { kind: 'verdict', verdict: 'benign' })
    meanwhile(bench)
    const before = row(bench, 'CB-0001')
    expect(() => act(bench, ['CB-0001'], { kind: 'undo' }, by)).toThrow(
      expect.objectContaining({ code: 'undo.nothing', status: 409 })
    )
    expect(row(bench, 'CB-0001')).toEqual(before)
  })

  it('keeps what matches added meanwhile', () => {
    const bench = withAlerts(1)
    act(bench, ['CB-0001'], { kind: 'acknowledge' })
    bench.alerts.raise(sampleFold({ rule: 'rule-0', entity: '203.0.113.0', count: 7 }))
    act(bench, ['CB-0001'], { kind: 'undo' })
    expect(row(bench, 'CB-0001')).toMatchObject({ status: 'new', count: 8 })
  })

  it('withdraws a note from the story', () => {
    const bench = withAlerts(1)
    act(bench, ['CB-0001'], { kind: 'note', text: 'nhầm máy' })
    act(bench, ['CB-0001'], { kind: 'undo' })
    expect(acts(bench, 'CB-0001')?.map(([name]) => name)).toEqual(['alert.opened', 'note.withdrawn', 'alert.undone'])
  })

  it('takes an alert out of the incident it was merged into, and closes an incident left empty', () => {
    const bench = withAlerts(2)
    const { incident } = act(bench, ['CB-0001', 'CB-0002'], { kind: 'merge', incident: null, title: 'Dò mật khẩu' })
    expect(incident).toBe('VL-0001')
    act(bench, ['CB-0001', 'CB-0002'], { kind: 'undo' })
    expect(row(bench, 'CB-0001')?.incident).toBeNull()
    expect(bench.alerts.incident('VL-0001')).toMatchObject({ incident: { status: 'closed', alerts: 0 }, alerts: [] })
  })

  it('puts an alert back into the incident it came from', () => {
    const bench = withAlerts(2)
    act(bench, ['CB-0001'], { kind: 'merge', incident: null })
    act(bench, ['CB-0002'], { kind: 'merge', incident: null })
    act(bench, ['CB-0002'], { kind: 'merge', incident: 'VL-0001' })
    expect(bench.alerts.incident('VL-0002')?.incident.status).toBe('closed')
    act(bench, ['CB-0002'], { kind: 'undo' })
    expect(bench.alerts.incident('VL-0002')?.incident).toMatchObject({ status: 'new', alerts: 1 })
    expect(bench.alerts.incident('VL-0001')?.incident.alerts).toBe(1)
  })
})

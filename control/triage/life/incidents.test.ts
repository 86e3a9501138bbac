import { HOUR_MS } from '#core/time.ts'
import { describe, expect, it } from 'vitest'
import { actor, sampleBatch, sampleFold, SPOOL, START, testBench, closing } from '#testing/folds.ts'

describe('incidents that open by themselves', () => {
  it('for a critical alert, with its unit in the title and the clocks of the law', () => {
    const bench = testBench()
    const { incidents, alerts } = bench.alerts.raise(sampleFold({ level: 'critical' }))
    expect(incidents).toMatchObject([
      {
        id: 'VL-0001',
        title: { vi: 'Luật rule-a: Xã Phong Thu (Phong Điền)', en: 'Rule rule-a: Xã Phong Thu (Phong Điền)' },
        level: 'critical',
        status: 'new',
        reason: 'critical_alert',
        units: [{ code: '19849' }],
        alerts: 1,
        deadline: START + HOUR_MS
      }
    ])
    expect(alerts[0]?.incident).toBe('VL-0001')
    const detail = bench.alerts.incident('VL-0001')
    expect(detail?.timeline.map((entry) => entry.act)).toEqual(['incident.opened', 'incident.alert_joined'])
    expect(detail?.clocks.map((clock) => (clock.due - START) / HOUR_MS)).toEqual([24, 72, 72, 120])
  })

  it('for two rules on one entity within an hour, and a third joins', () => {
    const bench = testBench()
    expect(bench.alerts.raise(sampleFold({ rule: 'a', level: 'low' })).incidents).toEqual([])
    bench.clock.advance(HOUR_MS)
    const second = bench.alerts.raise(sampleFold({ rule: 'b', level: 'high' }, bench.clock.now()))
    expect(second.incidents).toMatchObject([{ reason: 'two_rules_one_entity', level: 'high', alerts: 2 }])
    expect(second.alerts.map((alert) => alert.incident)).toEqual(['VL-0001', 'VL-0001'])
    const third = bench.alerts.raise(sampleFold({ rule: 'c', unit: '19837' }, bench.clock.now()))
    expect(third.incidents).toMatchObject([{ id: 'VL-0001', alerts: 3, units: [{ code: '19837' }, { code: '19849' }] }])
  })

  it.each([
    ['more than an hour apart', { rule: 'b', lastSeen: START + HOUR_MS + 1 }],
    ['of another origin', { rule: 'b', origin: 'demonstration' as const }],
    ['on another entity', { rule: 'b', entity: '203.0.113.8' }],
    ['of the same rule at another unit', { rule: 'a', unit: '19837' }],
    ['that is informational', { rule: 'b', level: 'informational' as const }]
  ])('not for a second alert %s', (_what, second) => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'a' }))
    bench.clock.advance(HOUR_MS + 1)
    bench.alerts.raise(sampleFold({ lastSeen: START, ...second }, bench.clock.now()))
    expect(bench.alerts.incidents({ scope: undefined, limit: 10 }).items).toEqual([])
  })

  it('not again for each further match, also when a person took the alert out', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ level: 'critical' }))
    expect(bench.alerts.raise(sampleFold({ level: 'critical' })).incidents).toEqual([])
    bench.clock.advance(1000)
    const later = bench.alerts.raise(sampleFold({ level: 'critical' }, bench.clock.now()))
    expect(later.incidents).toMatchObject([{ id: 'VL-0001', alerts: 1, lastSeen: START + 1000 }])
  })

  it('when an alert rises to critical, with the shorter deadline', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ level: 'medium' }))
    const risen = bench.alerts.raise(sampleFold({ level: 'critical', version: 'v2' }))
    expect(risen.incidents).toMatchObject([{ reason: 'critical_alert' }])
    expect(risen.alerts[0]).toMatchObject({ level: 'critical', deadline: START + HOUR_MS })
  })

  it('a critical alert joins the open incident of its unit while that is active, but never one of another origin', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'a' }))
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'b', rule: 'r2' }))
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'c', rule: 'r3', origin: 'demonstration' }))
    const { items } = bench.alerts.incidents({ scope: undefined, limit: 10 })
    expect(items.map((incident) => [incident.id, incident.origin, incident.alerts]).sort()).toEqual([
      ['VL-0001', 'real', 2],
      ['VL-0002', 'demonstration', 1]
    ])
    bench.clock.advance(2 * HOUR_MS)
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'd', rule: 'r4' }, bench.clock.now()))
    expect(bench.alerts.incidents({ scope: undefined, limit: 10 }).total).toBe(3)
  })

  it('unknown senders share no incident', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'a', unit: '_unassigned' }))
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'b', unit: '_unassigned' }))
    expect(bench.alerts.incidents({ scope: undefined, limit: 10 }).total).toBe(2)
  })

  it('a critical alert that comes back reopens the incident closed within the hour, and later opens a new one', () => {
    const bench = testBench()
    const close = () => bench.alerts.actOnIncident('VL-0001', closing, actor)
    const judge = () =>
      bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'verdict', verdict: 'true_positive' } }, actor)
    bench.alerts.raise(sampleFold({ level: 'critical' }))
    judge()
    close()
    bench.clock.advance(HOUR_MS)
    const back = bench.alerts.raise(sampleFold({ level: 'critical' }, bench.clock.now()))
    expect(back.alerts).toMatchObject([{ id: 'CB-0001', reopened: 1, incident: 'VL-0001' }])
    expect(back.incidents).toMatchObject([{ id: 'VL-0001', status: 'new', alerts: 1 }])
    close()
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'reopen' } }, actor)
    bench.clock.advance(HOUR_MS)
    judge()
    bench.clock.advance(1)
    const { alerts } = bench.alerts.raise(sampleFold({ level: 'critical' }, bench.clock.now()))
    expect(alerts[0]).toMatchObject({ id: 'CB-0001', reopened: 3, incident: 'VL-0002' })
    expect(bench.alerts.incident('VL-0001')?.timeline.at(-1)?.act).toBe('incident.alert_left')
  })

  it('an alert of a closed incident stays with it when another rule meets its entity', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'a', level: 'critical' }))
    bench.alerts.actOnIncident('VL-0001', closing, actor)
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'reopen' } }, actor)
    const { alerts } = bench.alerts.raise(sampleFold({ rule: 'b' }))
    expect(alerts.map((alert) => [alert.id, alert.incident])).toEqual([['CB-0002', 'VL-0002']])
    expect(bench.alerts.incident('VL-0001')?.incident.alerts).toBe(1)
  })

  it('an ordinary alert that comes back long after its incident closed is still that incident’s', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'a' }))
    bench.alerts.raise(sampleFold({ rule: 'b' }))
    bench.alerts.actOnIncident('VL-0001', closing, actor)
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'reopen' } }, actor)
    bench.clock.advance(2 * HOUR_MS)
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'verdict', verdict: 'benign' } }, actor)
    const { alerts } = bench.alerts.raise(sampleFold({ rule: 'a' }, bench.clock.now()))
    expect(alerts).toMatchObject([{ id: 'CB-0001', reopened: 2, incident: 'VL-0001' }])
    expect(bench.alerts.incident('VL-0001')?.timeline.map((entry) => entry.act)).not.toContain('incident.alert_left')
  })
})

describe('incidents by hand', () => {
  function two() {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'a', entity: 'a', level: 'low' }))
    bench.alerts.raise(sampleFold({ rule: 'b', entity: 'b', level: 'high', unit: '19837' }))
    return bench
  }

  it('a merge makes one incident of the alerts, sent twice too', () => {
    const bench = two()
    const act = { ids: ['CB-0001', 'CB-0002'], act: { kind: 'merge', incident: null, title: 'Sự cố thử' } } as const
    expect(bench.alerts.act({ ...act, ids: [...act.ids] }, actor).incident).toBe('VL-0001')
    expect(bench.alerts.act({ ...act, ids: [...act.ids] }, actor).incident).toBe('VL-0001')
    expect(bench.alerts.incident('VL-0001')?.incident).toMatchObject({
      title: { vi: 'Sự cố thử' },
      reason: 'by_hand',
      level: 'high',
      assignee: { id: 'u1' },
      alerts: 2,
      units: [{ code: '19837' }, { code: '19849' }]
    })
  })

  it('origins never share one', () => {
    const bench = two()
    bench.alerts.raise(sampleFold({ rule: 'c', entity: 'c', origin: 'demonstration' }))
    const refusal = expect.objectContaining({ code: 'incident.origins', status: 409 })
    expect(() =>
      bench.alerts.act({ ids: ['CB-0001', 'CB-0003'], act: { kind: 'merge', incident: null } }, actor)
    ).toThrow(refusal)
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'merge', incident: null } }, actor)
    expect(() => bench.alerts.act({ ids: ['CB-0003'], act: { kind: 'merge', incident: 'VL-0001' } }, actor)).toThrow(
      refusal
    )
    bench.alerts.act({ ids: ['CB-0003'], act: { kind: 'merge', incident: null } }, actor)
    expect(() => bench.alerts.actOnIncident('VL-0001', { kind: 'merge', from: 'VL-0002' }, actor)).toThrow(refusal)
  })

  it('one incident merged into another moves its alerts and points there', () => {
    const bench = two()
    for (const id of ['CB-0001', 'CB-0002']) {
      bench.alerts.act({ ids: [id], act: { kind: 'merge', incident: null } }, actor)
    }
    const merge = { kind: 'merge', from: 'VL-0001' } as const
    const merged = bench.alerts.actOnIncident('VL-0002', merge, actor)
    expect(merged.incident).toMatchObject({ id: 'VL-0002', alerts: 2, level: 'high' })
    expect(bench.alerts.actOnIncident('VL-0002', merge, actor).timeline).toHaveLength(merged.timeline.length)
    expect(bench.alerts.incident('VL-0001')?.incident).toMatchObject({ status: 'closed', alerts: 0 })
    const refusal = expect.objectContaining({ code: 'incident.merged', params: { id: 'VL-0001', into: 'VL-0002' } })
    expect(() => bench.alerts.actOnIncident('VL-0001', { kind: 'status', status: 'new' }, actor)).toThrow(refusal)
    expect(() => bench.alerts.act({ ids: ['CB-0002'], act: { kind: 'merge', incident: 'VL-0001' } }, actor)).toThrow(
      refusal
    )
    expect(() => bench.alerts.actOnIncident('VL-0002', { kind: 'merge', from: 'VL-0002' }, actor)).toThrow(
      expect.objectContaining({ code: 'incident.itself' })
    )
  })

  it('acts on an incident are told in its story, those on its alerts too', () => {
    const bench = two()
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'merge', incident: null } }, actor)
    bench.alerts.actOnIncident('VL-0001', { kind: 'assign', userId: null }, actor)
    bench.alerts.actOnIncident('VL-0001', { kind: 'assign', userId: 'u2' }, actor)
    bench.alerts.actOnIncident('VL-0001', { kind: 'title', title: 'Tên mới' }, actor)
    bench.alerts.actOnIncident('VL-0001', { kind: 'note', text: 'Đã cô lập' }, actor)
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'verdict', verdict: 'true_positive' } }, actor)
    bench.alerts.actOnIncident('VL-0001', closing, actor)
    bench.alerts.actOnIncident('VL-0001', closing, actor)
    const detail = bench.alerts.incident('VL-0001')
    expect(detail?.incident).toMatchObject({ status: 'closed', assignee: { id: 'u2' }, title: { vi: 'Tên mới' } })
    expect(detail?.timeline.slice(2).map((entry) => entry.act)).toEqual([
      'incident.assigned',
      'incident.assigned',
      'incident.title',
      'note',
      'alert.verdict',
      'incident.status'
    ])
    expect(detail?.timeline.find((entry) => entry.act === 'alert.verdict')?.unit).toBe('19849')
  })

  it('an unknown incident is refused, not invented', () => {
    const bench = two()
    expect(bench.alerts.incident('VL-0009')).toBeUndefined()
    const refusal = expect.objectContaining({ code: 'incident.unknown', status: 404 })
    expect(() => bench.alerts.actOnIncident('VL-0009', { kind: 'note', text: 'x' }, actor)).toThrow(refusal)
    expect(() => bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'merge', incident: 'VL-0009' } }, actor)).toThrow(
      refusal
    )
  })
})

describe('ending the demonstration', () => {
  it('deletes what it made and nothing else; its numbers are not given out again', () => {
    const bench = testBench()
    bench.alerts.commit(
      sampleBatch(0, 0, [
        sampleFold({ level: 'critical', origin: 'demonstration', events: ['e1'] }),
        sampleFold({ level: 'critical', rule: 'real', entity: 'b', events: ['e2'] })
      ]),
      SPOOL
    )
    bench.alerts.act({ ids: ['CB-0001', 'CB-0002'], act: { kind: 'note', text: 'ghi chú' } }, actor)
    expect(bench.alerts.endDemonstration()).toEqual({ alerts: 1, incidents: 1 })
    expect(bench.alerts.list({ tab: 'all', userId: 'u1', scope: undefined, limit: 10 }).items).toMatchObject([
      { id: 'CB-0002', incident: 'VL-0002' }
    ])
    const count = (table: string, where = '1') =>
      bench.control.single<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`).n
    expect([count('alert_evidence'), count('alert_text'), count('alert_acts'), count('incident_units')]).toEqual([
      1, 1, 1, 1
    ])
    expect(count('timeline', `alert_id = 'CB-0001' OR incident_id = 'VL-0001'`)).toBe(0)
    expect(count('rule_hours')).toBe(1)
    const { alerts } = bench.alerts.raise(sampleFold({ rule: 'next', entity: 'next' }))
    expect(alerts[0]?.id).toBe('CB-0003')
  })
})

describe('what was put together by mistake', () => {
  const two = () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'a' }))
    bench.alerts.raise(sampleFold({ level: 'critical', entity: 'b', rule: 'r2', unit: '19837' }))
    bench.alerts.actOnIncident('VL-0002', { kind: 'status', status: 'in_progress' }, actor)
    bench.alerts.actOnIncident('VL-0001', { kind: 'merge', from: 'VL-0002' }, actor)
    return bench
  }

  it('comes apart again: the merged incident stands as it did, with its alerts and units', () => {
    const bench = two()
    expect(bench.alerts.incident('VL-0001')?.merged).toMatchObject([{ id: 'VL-0002', alerts: 1 }])
    const detail = bench.alerts.actOnIncident('VL-0001', { kind: 'unmerge', from: 'VL-0002' }, actor)
    expect(detail).toMatchObject({ incident: { alerts: 1, units: [{ code: '19849' }] }, merged: [] })
    expect(bench.alerts.incident('VL-0002')?.incident).toMatchObject({
      status: 'in_progress',
      alerts: 1,
      units: [{ code: '19837' }]
    })
    // Sent twice, it changes nothing.
    const revision = detail.incident.revision
    bench.alerts.actOnIncident('VL-0001', { kind: 'unmerge', from: 'VL-0002' }, actor)
    expect(bench.alerts.incident('VL-0001')?.incident.revision).toBe(revision)
  })

  it('leaves alone what was moved elsewhere since, and refuses what was never merged', () => {
    const bench = two()
    bench.alerts.act({ ids: ['CB-0002'], act: { kind: 'merge', incident: null } }, actor)
    bench.alerts.actOnIncident('VL-0001', { kind: 'unmerge', from: 'VL-0002' }, actor)
    expect(bench.alerts.detail('CB-0002')?.alert.incident).toBe('VL-0003')
    expect(() => bench.alerts.actOnIncident('VL-0001', { kind: 'unmerge', from: 'VL-0003' }, actor)).toThrow('VL-0003')
  })

  it('lets alerts go into an incident of their own or into none, and closes what is left empty', () => {
    const bench = two()
    bench.alerts.actOnIncident('VL-0001', { kind: 'release', alerts: ['CB-0002'], into: 'new' }, actor)
    expect(bench.alerts.detail('CB-0002')?.alert.incident).toBe('VL-0003')
    bench.alerts.actOnIncident('VL-0001', { kind: 'release', alerts: ['CB-0001', 'CB-0002'], into: null }, actor)
    expect(bench.alerts.detail('CB-0001')?.alert.incident).toBeNull()
    expect(bench.alerts.incident('VL-0001')?.incident).toMatchObject({ status: 'closed', alerts: 0 })
    expect(bench.alerts.detail('CB-0002')?.alert.incident).toBe('VL-0003')
  })
})

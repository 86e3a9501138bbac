import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import { describe, expect, it } from 'vitest'
import { OUTAGE_HOSTS, OUTAGE_RULE, OUTAGE_SYSTEM } from './outage-incident.ts'
import { addToEvidence, actor, sampleFold, START, testBench, closing } from '#testing/folds.ts'

const host = 'portal.example.test'

const outage = (more: Parameters<typeof sampleFold>[0] = {}, at = START) => ({
  ...sampleFold({ rule: OUTAGE_RULE, entity: 'cong-xa', level: 'high', ...more }, at),
  values: { [OUTAGE_SYSTEM]: 'cong-xa', [OUTAGE_HOSTS]: `192.0.2.80 ${host}` }
})
const acts = (bench: ReturnType<typeof testBench>, id = 'VL-0001') =>
  bench.alerts.incident(id)?.timeline.map((entry) => entry.act)

describe('a root outage', () => {
  it('opens its own incident, also when it is not critical', () => {
    const bench = testBench()
    const { incidents, alerts } = bench.alerts.raise(outage())
    expect(incidents).toMatchObject([{ id: 'VL-0001', reason: 'root_outage', alerts: 1 }])
    expect(alerts[0]?.incident).toBe('VL-0001')
  })

  it('stands in one incident with the alert on its host that came three minutes before, and the story says so', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'web-shell', entity: host, level: 'medium' }))
    bench.clock.advance(3 * MINUTE_MS)
    const { incidents } = bench.alerts.raise(outage({}, bench.clock.now()))
    expect(incidents).toMatchObject([{ id: 'VL-0001', reason: 'outage_with_alert', alerts: 2 }])
    const entry = bench.alerts.incident('VL-0001')?.timeline.find((item) => item.act === 'incident.outage_after_alert')
    expect(entry?.params).toEqual({ outage: 'CB-0002', alert: 'CB-0001', minutes: 3 })
  })

  it('joins the incident that the alert on its host already has', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'web-shell', entity: host, level: 'critical' }))
    bench.clock.advance(MINUTE_MS)
    const { incidents } = bench.alerts.raise(outage({}, bench.clock.now()))
    expect(incidents).toMatchObject([{ id: 'VL-0001', reason: 'critical_alert', alerts: 2 }])
  })

  it('takes in an alert on its hosts that comes later, by its entity or by its evidence', () => {
    const bench = testBench()
    bench.alerts.raise(outage())
    bench.clock.advance(5 * MINUTE_MS)
    bench.alerts.raise(sampleFold({ rule: 'late', entity: host, level: 'low' }, bench.clock.now()))
    const fold = sampleFold(
      { rule: 'by-evidence', entity: '203.0.113.9', level: 'low', events: ['e'] },
      bench.clock.now()
    )
    addToEvidence(fold, { url: { domain: host.toUpperCase() } })
    bench.alerts.raise(fold)
    expect(bench.alerts.incident('VL-0001')?.alerts).toHaveLength(3)
    expect(acts(bench)).toContain('incident.alert_after_outage')
  })

  it.each([
    ['on another host', { entity: 'other.example.test' }],
    ['of another origin', { entity: host, origin: 'demonstration' as const }],
    ['more than an hour before', { entity: host, lastSeen: START - HOUR_MS - 1 }],
    ['that is informational', { entity: host, level: 'informational' as const }]
  ])('stays apart from an alert %s', (_what, alert) => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'web-shell', level: 'low', ...alert }))
    const { incidents } = bench.alerts.raise(outage())
    expect(incidents).toMatchObject([{ reason: 'root_outage', alerts: 1 }])
  })
})

describe('what is over', () => {
  it('closes the alert as true and leaves the incident to the review of people', () => {
    const bench = testBench()
    const fold = outage()
    bench.alerts.raise(fold)
    bench.clock.advance(HOUR_MS)
    const { alerts, incidents } = bench.alerts.resolve(fold.fingerprint, { minutes: 60 })
    expect(alerts).toMatchObject([{ status: 'closed', verdict: 'true_positive' }])
    expect(incidents).toMatchObject([{ id: 'VL-0001', status: 'review' }])
    expect(acts(bench)).toEqual(expect.arrayContaining(['alert.recovered', 'incident.status']))
    expect(bench.alerts.resolve(fold.fingerprint, {}).alerts).toEqual([])
  })

  it('leaves an incident at work while another alert in it is open', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'web-shell', entity: host, level: 'high' }))
    const fold = outage()
    bench.alerts.raise(fold)
    bench.alerts.resolve(fold.fingerprint, {})
    expect(bench.alerts.incident('VL-0001')!.incident.status).toBe('new')
  })

  it('comes back as the same alert and incident within the hour', () => {
    const bench = testBench()
    bench.alerts.raise(outage())
    bench.alerts.resolve(outage().fingerprint, {})
    bench.alerts.actOnIncident('VL-0001', closing, actor)
    bench.clock.advance(10 * MINUTE_MS)
    const { alerts, incidents } = bench.alerts.raise(outage({}, bench.clock.now()))
    expect(alerts).toMatchObject([{ id: 'CB-0001', reopened: 1, incident: 'VL-0001' }])
    expect(incidents).toMatchObject([{ id: 'VL-0001', status: 'new' }])
  })

  it('takes its incident out of the review when it comes back', () => {
    const bench = testBench()
    bench.alerts.raise(outage())
    bench.alerts.resolve(outage().fingerprint, {})
    expect(bench.alerts.incident('VL-0001')!.incident.status).toBe('review')
    bench.clock.advance(10 * MINUTE_MS)
    const { incidents } = bench.alerts.raise(outage({}, bench.clock.now()))
    expect(incidents).toMatchObject([{ id: 'VL-0001', status: 'new' }])
    bench.alerts.actOnIncident('VL-0001', { kind: 'assign', userId: actor.id }, actor)
    bench.alerts.resolve(outage().fingerprint, {})
    bench.clock.advance(10 * MINUTE_MS)
    bench.alerts.raise(outage({}, bench.clock.now()))
    expect(bench.alerts.incident('VL-0001')!.incident.status).toBe('in_progress')
  })
})

describe('entries of other parts', () => {
  it('stand in the story of the alert and of its incident, and the rows are told as changed', () => {
    const bench = testBench()
    bench.alerts.raise(outage())
    const before = bench.alerts.incident('VL-0001')!.incident.revision
    bench.alerts.tell({ act: 'task.sent', alert: 'CB-0001', params: { task: 'NV-0001' }, text: 'đã giao' })
    const detail = bench.alerts.incident('VL-0001')!
    expect(detail.timeline.at(-1)).toMatchObject({ act: 'task.sent', text: 'đã giao', params: { task: 'NV-0001' } })
    expect(detail.incident.revision).toBeGreaterThan(before)
    expect(() => bench.alerts.tell({ act: 'x', alert: 'CB-9999' })).toThrow('CB-9999')
  })
})

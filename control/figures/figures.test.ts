import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '#core/time.ts'
import { loadInventory } from '#province/load.ts'
import { offlineHealth } from '#control/health/offline-health.ts'
import { catalogueOf } from './catalogue.ts'
import { keepChange } from '#control/senders/feeds.ts'
import { figuresOf } from './figures.ts'
import { requestOf } from './request.ts'
import { createFigureThreads } from './figures-in.ts'
import { createFiguresReader } from './reader.ts'
import {
  END,
  inventory,
  PERIOD,
  PHONG_THU,
  SILENT_AFTER_MS,
  START,
  testPeriod,
  type TestPeriod
} from '#testing/sample-period.ts'

const real = { origin: 'real' }
const watched = inventory.units('commune').length + inventory.units('district').length
const departments = inventory.units('department').filter((u) => u.scope === 'monitored').length
const folder = mkdtempSync(join(tmpdir(), 'figures-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('a period without data', () => {
  it('has zeros, no median, nobody heard and nothing to compare with', () => {
    const { figures } = testPeriod()
    const made = figures(PERIOD, real)
    expect(made).toMatchObject({
      fromMs: START,
      toMs: END,
      running: false,
      asOf: END,
      events: { value: 0, before: null },
      coverage: { sent: 0, before: null, feeds: { sending: 0, silent: 0, paused: 0, none: watched + departments } },
      incidents: { opened: { value: 0, before: null }, list: [] },
      handling: { median: { value: null }, targetMs: 4 * HOUR_MS },
      decisions: []
    })
    expect(made.coverage.units).toBe(watched + departments)
    expect(made.coverage.unheard).toHaveLength(made.coverage.units)
    expect(made.units.every((unit) => unit.state === 'none')).toBe(true)
  })

  it('is refused when it is no period', () => {
    const { figures } = testPeriod()
    const code = (from: string, to: string) => {
      try {
        figures({ from, to }, real)
      } catch (error) {
        return (error as { code: string }).code
      }
      return ''
    }
    expect(code('2023-11-02', '2023-11-01')).toBe('posture.backwards')
    expect(code('2023-02-30', '2023-03-01')).toBe('posture.no_day')
    expect(code('2022-01-01', '2023-03-01')).toBe('posture.too_long')
    expect(code('2024-01-01', '2024-01-31')).toBe('posture.future')
    expect(code('2023-11-01', '2023-11-30')).toBe('')
  })
})

describe('coverage', () => {
  it('counts a unit with one event in the period, and leaves a unit that became silent grey', () => {
    const period = testPeriod()
    period.hear(START - DAY_MS, '19750')
    period.hear(START + HOUR_MS, PHONG_THU, 7)
    period.hear(END - 1, PHONG_THU, 5)
    period.hear(END, '19822')
    const made = period.figures(PERIOD, real)
    expect(made.events.value).toBe(12)
    expect(made.coverage.sent).toBe(1)
    expect(made.coverage.unheard.map((unit) => unit.code)).toEqual(expect.arrayContaining(['19750', '19822']))
    expect(made.units.find((unit) => unit.unit.code === PHONG_THU)).toMatchObject({
      state: 'quiet',
      daysSent: 2,
      events: 12
    })
  })

  it('is compared with the period before only when somebody was watching then', () => {
    const period = testPeriod()
    period.hear(START - 10 * DAY_MS, PHONG_THU)
    expect(period.figures(PERIOD, real).coverage.before).toBeNull()
    period.hear(START - 31 * DAY_MS, '19750')
    const made = period.figures(PERIOD, real)
    expect(made.coverage.before).toBe(2)
    expect(made.events).toMatchObject({ value: 0, before: 20 })
  })

  it('of an ended commune counts for the unit it became part of, a day that both were heard once', () => {
    const later = loadInventory('2025-08-01')
    const [ended, home] = Object.entries(catalogueOf(later).became)[0]!
    const period = testPeriod()
    for (const code of [ended, home]) period.hear(START, code)
    period.hear(START + DAY_MS, ended)
    const request = requestOf({ ...partsOf(period), inventory: later }, PERIOD, real)
    expect(figuresOf(period.control, request).units.find((unit) => unit.unit.code === home)).toMatchObject({
      events: 30,
      daysSent: 2
    })
  })
})

const partsOf = ({ control, clock }: TestPeriod) => ({
  silentAfterMs: () => SILENT_AFTER_MS,
  control,
  clock,
  inventory,
  health: offlineHealth({ control, inventory, clock })
})

describe('who sent', () => {
  it('is told by the units of the senders, never by units that a line names', () => {
    const period = testPeriod()
    period.hear(START + HOUR_MS, PHONG_THU)
    for (const unit of inventory.units('commune').slice(0, 50)) period.mention(START + HOUR_MS, unit.code)
    const { coverage, units } = period.figures(PERIOD, real)
    expect(coverage).toMatchObject({ sent: 1, feeds: { sending: 1, none: coverage.units - 1 } })
    expect(units.filter((unit) => unit.state === 'quiet')).toHaveLength(1)
    expect(units.filter((unit) => unit.events > 0).length).toBeGreaterThanOrEqual(50)
  })

  it('tells silent, paused and not connected apart, as it was at the end of the period', () => {
    const period = testPeriod()
    const [silent, paused, never] = ['19750', '19822', '19849']
    for (const unit of [silent, paused]) period.hear(START - 2 * SILENT_AFTER_MS, unit!)
    period.connect(START, never!)
    const set = { id: `s-real-${paused}`, origin: 'real' as const, unit: paused! }
    keepChange(period.control, START, { ...set, enabled: false })
    const feedOf = () =>
      [silent, paused, never].map((code) => period.figures(PERIOD, real).units.find((u) => u.unit.code === code)?.state)
    expect(feedOf()).toEqual(['silent', 'paused', 'none'])
    keepChange(period.control, END, { ...set, enabled: true })
    expect(feedOf()).toEqual(['silent', 'paused', 'none'])
  })

  it('is not given for days on which an older version did not count it', () => {
    const period = testPeriod()
    period.hear(START + HOUR_MS, PHONG_THU)
    period.control.sql(`INSERT INTO meta (key, value) VALUES ('figures.sent_since', ?)`).run(String(START + HOUR_MS))
    expect(period.figures(PERIOD, real).coverage).toMatchObject({ sent: null, since: START + HOUR_MS })
    expect(period.figures({ from: '2023-10-16', to: PERIOD.to }, real).coverage.sent).toBe(0)
  })
})

describe('incidents', () => {
  it('need a decision while they are critical or high and open, and tell no log text', () => {
    const period = testPeriod()
    const alert = period.raise(START + HOUR_MS, { title: 'Web shell được gọi', tags: ['attack.t1505.003'] })
    const incident = period.open(START + HOUR_MS, [alert])
    const mild = period.raise(START + HOUR_MS, { level: 'medium', unit: '19750' })
    period.open(START + HOUR_MS, [mild], { level: 'medium' })
    const made = period.figures(PERIOD, real)
    expect(made.incidents).toMatchObject({
      opened: { value: 2 },
      openAtEnd: { value: 2 },
      needDecision: { value: 1 },
      byKind: [{ kind: { vi: 'Cửa hậu trên máy chủ web' } }, { kind: { vi: 'Dò mật khẩu' } }]
    })
    expect(made.unitsAtRisk.value).toBe(1)
    expect(made.decisions).toMatchObject([
      {
        incident,
        unit: { name: 'Xã Phong Thu', district: 'Phong Điền' },
        why: { vi: 'Web shell được gọi, chưa có người nhận' }
      }
    ])
    expect(JSON.stringify(made)).not.toContain('203.0.113.7')
    expect(made.units.find((unit) => unit.unit.code === '19750')?.state).toBe('incident')
  })

  it('are measured from first sight to closing, against the target of their levels', () => {
    const period = testPeriod()
    for (const hours of [1, 3, 8]) {
      const alert = period.raise(START + HOUR_MS)
      period.close(START + HOUR_MS + hours * HOUR_MS, period.open(START + HOUR_MS, [alert]))
    }
    const { handling, incidents } = period.figures(PERIOD, real)
    // Evidence was received a second before the alert was raised.
    expect(handling).toMatchObject({
      ...{ median: { value: 3 * HOUR_MS + 1000 }, targetMs: 4 * HOUR_MS },
      ...{ closed: 3, inTime: 2, open: 0, openLate: 0, longestOpenMs: null }
    })
    expect(incidents).toMatchObject({ opened: { value: 3 }, closed: { value: 3 }, openAtEnd: { value: 0 } })
  })

  it('that were merged into another, or left empty, do not count', () => {
    const period = testPeriod()
    const first = period.open(START, [period.raise(START)])
    const two = period.open(START + 1, [period.raise(START + 1, { unit: '19750' })])
    const params = { from: two, into: first, alerts: 1 }
    period.tell(START + HOUR_MS, 'incident.merged', { incident: first }, params)
    period.tell(START + HOUR_MS, 'incident.merged', { incident: two }, params)
    expect(period.figures(PERIOD, real).incidents).toMatchObject({
      opened: { value: 1 },
      list: [{ id: first, units: [{ code: PHONG_THU }, { code: '19750' }] }]
    })
    period.tell(START + 2 * HOUR_MS, 'incident.unmerged', { incident: first }, params)
    period.tell(START + 2 * HOUR_MS, 'incident.unmerged', { incident: two }, params)
    expect(period.figures(PERIOD, real).incidents.list.map(({ id, units }) => [id, units.length])).toEqual([
      [two, 1],
      [first, 1]
    ])
    period.tell(START + 3 * HOUR_MS, 'incident.emptied', { incident: two })
    expect(period.figures(PERIOD, real).incidents.opened.value).toBe(1)
  })

  it('of another origin, or outside the scope, are not seen', () => {
    const period = testPeriod()
    period.open(START, [period.raise(START, { origin: 'demonstration' })], { origin: 'demonstration' })
    const both = period.open(START, [period.raise(START), period.raise(START, { unit: '19750' })])
    expect(period.figures(PERIOD, real).incidents.opened.value).toBe(1)
    const scoped = period.figures(PERIOD, { origin: 'real', scope: new Set(['19750']) })
    expect(scoped.incidents.list).toMatchObject([{ id: both, units: [{ code: '19750' }] }])
    expect(scoped.alerts.raised.value).toBe(1)
    expect(scoped.units.map((unit) => unit.unit.code)).toEqual(['19750'])
    expect(JSON.stringify(scoped)).not.toContain('Phong Thu')
    expect(period.figures(PERIOD, { origin: 'real', scope: new Set() }).incidents.list).toEqual([])
  })
})

describe('alerts', () => {
  it('that are grave, open and nobody’s are counted and need a decision, also without any incident', () => {
    const period = testPeriod()
    for (let at = 0; at < 5; at++) period.raise(START + at, { title: 'Web shell được gọi' })
    const [mine, done, low] = [period.raise(START), period.raise(START), period.raise(START, { level: 'medium' })]
    period.tell(START + 1, 'alert.acknowledged', { alert: mine, by: 'u1' })
    period.judge(START + 1, done)
    period.open(START, [period.raise(START, { unit: '19750' })])
    const { alerts, decisions, units } = period.figures(PERIOD, real)
    expect(alerts).toMatchObject({ untaken: { value: 5 }, untakenUnits: [{ unit: { code: PHONG_THU }, alerts: 5 }] })
    expect(decisions.find((row) => row.incident === null)).toMatchObject({
      unit: { code: PHONG_THU },
      why: { vi: 'Web shell được gọi: 5 cảnh báo mức cao, chưa ai nhận' },
      waitingMs: END - START
    })
    expect(units.find((unit) => unit.unit.code === PHONG_THU)?.state).toBe('watch')
    period.tell(START + 2, 'alert.reopened', { alert: done })
    period.tell(START + 2, 'alert.undone', { alert: mine, by: 'u1' }, { act: 'acknowledge' })
    expect(period.figures(PERIOD, real).alerts.untaken.value).toBe(7)
    expect(low).not.toBe('')
  })

  it('of a platform’s own rule carry that rule’s title in a table, not that of the newest system', () => {
    const period = testPeriod()
    for (const name of ['NDXP', 'Cổng xã Phong Thu'])
      period.raise(START, { rule: 'soc.outage', title: `Ngừng hoạt động: ${name}` })
    expect(period.figures(PERIOD, real).alerts.topRules).toMatchObject([
      { title: { vi: 'Hệ thống ngừng hoạt động' }, alerts: 2 }
    ])
  })

  it('have the verdict of the end of the period: what was taken back or opened again does not hold', () => {
    const period = testPeriod()
    const [a, b, c] = [period.raise(START), period.raise(START), period.raise(START)]
    period.judge(START + 1, a, 'false_positive')
    period.judge(START + 1, b, 'benign')
    period.tell(START + 2, 'alert.undone', { alert: b }, { act: 'verdict' })
    period.judge(START + 1, c, 'benign')
    period.tell(START + 3, 'alert.reopened', { alert: c })
    const { alerts, units } = period.figures(PERIOD, real)
    expect(alerts.byVerdict).toMatchObject({ false_positive: 1, benign: 0, unjudged: 2 })
    expect(alerts.byLevel['high']).toMatchObject({ value: 3 })
    expect(alerts.topRules).toMatchObject([{ alerts: 3, units: 1, title: { vi: 'Dò mật khẩu SSH' } }])
    expect(units.find((unit) => unit.unit.code === PHONG_THU)).toMatchObject({ state: 'watch', alerts: 3 })
  })
})

describe('tasks', () => {
  it('are overdue by the deadline that held at the end, and need a decision', () => {
    const period = testPeriod()
    const silent = period.ask(END - 3 * DAY_MS, PHONG_THU)
    const extended = period.ask(END - 3 * DAY_MS, '19750')
    period.step(END - 2 * DAY_MS, extended, 'received')
    period.step(END - 2 * DAY_MS + 1, extended, 'extended', { deadline: END + HOUR_MS })
    const done = period.ask(START, '19822')
    period.step(START + 10, done, 'done')
    const made = period.figures(PERIOD, real)
    expect(made.tasks).toMatchObject({
      sent: { value: 3 },
      answered: { value: 2 },
      answeredInTime: { value: 1 },
      overdueAtEnd: { value: 1 },
      longestOverdueMs: 3 * DAY_MS - HOUR_MS
    })
    expect(made.decisions).toMatchObject([
      {
        task: silent,
        incident: null,
        why: { vi: 'Việc được giao, đơn vị chưa trả lời' },
        overdueMs: 3 * DAY_MS - HOUR_MS
      }
    ])
    expect(made.unitsAtRisk.value).toBe(1)
    expect(made.units.find((unit) => unit.unit.code === PHONG_THU)).toMatchObject({ state: 'watch', overdueTasks: 1 })
  })

  it('of an incident stand in its row, also after it was merged', () => {
    const period = testPeriod()
    const first = period.open(START, [period.raise(START, { level: 'medium' })], { level: 'medium' })
    const two = period.open(START, [period.raise(START, { level: 'medium', unit: '19750' })], { level: 'medium' })
    period.ask(START, '19750', { incident: two })
    expect(period.figures(PERIOD, real).decisions).toMatchObject([{ incident: two, unit: { code: '19750' } }])
    period.tell(START + 1, 'incident.merged', { incident: two }, { from: two, into: first, alerts: 1 })
    expect(period.figures(PERIOD, real)).toMatchObject({
      incidents: { needDecision: { value: 1 } },
      decisions: [
        { incident: first, unit: { code: '19750' }, why: { vi: expect.stringContaining('cùng 1 đơn vị khác') } }
      ]
    })
  })
})

/** Anything that people and the detector may do after a period is over. */
const laterAct = fc.record({
  after: fc.integer({ min: 0, max: 40 * DAY_MS }),
  alert: fc.nat(5),
  incident: fc.nat(2),
  act: fc.constantFrom(
    'verdict',
    'reopened',
    'undone',
    'level',
    'escalated',
    'close',
    'merge',
    'left',
    'raise',
    'joined',
    'retitle',
    'assigned',
    'emptied',
    'answered',
    'extended'
  )
})

describe('the same period', () => {
  it('always gives the same figures, whatever is done later', () => {
    fc.assert(
      fc.property(fc.array(laterAct, { maxLength: 20 }), (acts) => {
        const period = testPeriod()
        const alerts = Array.from({ length: 6 }, (_, index) =>
          period.raise(START + index * DAY_MS, { unit: index % 2 === 0 ? PHONG_THU : '19750', level: 'high' })
        )
        const incidents = [0, 2, 4].map((index) => period.open(START + index * DAY_MS, alerts.slice(index, index + 2)))
        period.judge(START + DAY_MS, alerts[0]!, 'benign')
        period.close(END - HOUR_MS, incidents[1]!)
        period.hear(START, PHONG_THU)
        for (const alert of alerts.slice(0, 2)) period.ask(END - DAY_MS, PHONG_THU, { alert })
        const before = period.figures(PERIOD, real)
        for (const { after, act, ...target } of acts)
          doLater(period, END + after, act, alerts[target.alert]!, incidents, target.incident)
        period.clock.advance(60 * DAY_MS)
        expect(period.figures(PERIOD, real)).toEqual(before)
        period.control.close()
      }),
      { numRuns: 60 }
    )
  })

  it('while it runs speaks of now, and compares with as much of the period before', () => {
    const period = testPeriod(':memory:', START + 2 * DAY_MS)
    period.hear(START - 31 * DAY_MS, PHONG_THU)
    const longBefore = START - 31 * DAY_MS + HOUR_MS
    period.open(longBefore, [period.raise(longBefore)])
    const late = START - HOUR_MS
    period.open(late, [period.raise(late)])
    const made = period.figures(PERIOD, real)
    expect(made).toMatchObject({ running: true, asOf: START + 2 * DAY_MS, events: { before: null } })
    expect(made.incidents).toMatchObject({ opened: { value: 0, before: 1 }, openAtEnd: { value: 2, before: 1 } })
  })
})

function doLater(period: TestPeriod, at: number, act: string, alert: string, incidents: string[], which: number) {
  const incident = incidents[which]!
  const source = incidents[(which + 1) % incidents.length]!
  const params = { from: source, into: incident, alerts: 2 }
  const acts: Record<string, () => unknown> = {
    verdict: () => period.judge(at, alert),
    reopened: () => period.tell(at, 'alert.reopened', { alert }),
    undone: () => period.tell(at, 'alert.undone', { alert }, { act: 'verdict' }),
    level: () => {
      period.control.sql(`UPDATE alerts SET level = 'critical' WHERE id = ?`).run(alert)
      period.tell(at, 'alert.level', { alert }, { from: 'high', to: 'critical' })
    },
    escalated: () => period.tell(at, 'alert.escalated', { alert }),
    close: () => {
      period.control.sql(`UPDATE incidents SET status = 'closed', closed_at = ? WHERE id = ?`).run(at, incident)
      period.close(at, incident)
    },
    merge: () => {
      period.control.sql('UPDATE incidents SET merged_into = ? WHERE id = ?').run(incident, source)
      period.tell(at, 'incident.merged', { incident: source }, params)
    },
    left: () => period.tell(at, 'incident.alert_left', { alert, incident }, { alert, to: '' }),
    raise: () => period.open(at, [period.raise(at)]),
    joined: () => period.join(at, incident, alert),
    retitle: () =>
      period.control
        .sql(`UPDATE alerts SET rule = '{"title":{"vi":"khác","en":"other"}}', rule_id = rule_id WHERE id = ?`)
        .run(alert),
    assigned: () => period.tell(at, 'incident.assigned', { incident }, { user: 'u1' }),
    answered: () => period.step(at, 'NV-0010', 'done'),
    extended: () => {
      period.control.sql('UPDATE tasks SET deadline = ?').run(at + DAY_MS)
      period.step(at, 'NV-0011', 'extended', { deadline: at + DAY_MS })
    },
    emptied: () => period.tell(at, 'incident.emptied', { incident })
  }
  acts[act]?.()
}

describe('the thread', () => {
  it('gives what the caller’s own thread gives, tells how far it is, and refuses with the reason', async () => {
    const figuresIn = createFigureThreads()
    const path = join(folder, 'thread.db')
    const period = testPeriod(path)
    period.open(START, [period.raise(START)])
    period.hear(START, PHONG_THU)
    const parts = partsOf(period)
    const steps: string[] = []
    const request = requestOf(parts, PERIOD, real)
    expect(await figuresIn(path, request, (step) => steps.push(step))).toEqual(period.figures(PERIOD, real))
    expect(steps).toEqual(['days', 'states', 'standing', 'figures'])
    await expect(
      figuresIn(path, { ...request, period: { from: '2023-11-02', to: '2023-11-01' } })
    ).rejects.toMatchObject({
      code: 'posture.backwards',
      status: 400
    })
    await expect(figuresIn(join(folder, 'absent.db'), request)).rejects.toMatchObject({ code: 'posture.failed' })
    period.control.close()
  })

  it('is asked once for the same question at the same time', async () => {
    const period = testPeriod()
    const read = createFiguresReader(partsOf(period))
    const firstAnswer = read(PERIOD, real)
    expect(read(PERIOD, real)).toBe(firstAnswer)
    expect(read(PERIOD, { origin: 'demonstration' })).not.toBe(firstAnswer)
    await firstAnswer
    period.clock.advance(3_600_000)
    expect(read(PERIOD, real)).not.toBe(firstAnswer)
  })
})

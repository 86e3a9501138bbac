import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PeriodFigures } from '#core/api/posture.ts'
import type { UnitMap } from '#core/api/province.ts'
import { levels, type Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { targetMinutes } from '#core/targets.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import { levelWords } from '#core/words.ts'
import type { Control } from '#control/database/control.ts'
import { reportDocument } from '#control/reports/contents.ts'
import { exactShare } from '#control/reports/numbers.ts'
import { defaultSettings } from '#control/reports/settings.ts'
import { silentAfterMs } from '#control/watch/silence.ts'
import { historyOn, historyStep, type History } from '#testing/histories.ts'
import { paragraphOf } from './paragraph.ts'

/*
 * Every number that posture and a report print, counted a second time: plainly, from the rows as they stand, while the figures
 * are told from openings and the timeline. Both origins live in one database.
 */

const FROM = '2023-11-02'
const START = ictDayStart(FROM)
const origins = ['real', 'demonstration'] as const
const grave = (level: Level) => level === 'high' || level === 'critical'

type AlertNow = {
  id: string
  unit: string
  level: Level
  status: string
  verdict: string | null
  rule_id: string
  raised_at: number
  received_at: number
  incident_id: string | null
}
type IncidentNow = {
  id: string
  level: Level
  status: string
  reason: string
  opened_at: number
  closed_at: number | null
  merged_into: string | null
}
type TaskNow = {
  id: string
  unit: string
  incident_id: string | null
  /** Of the alert it is about, for a task that was asked before there was an incident. */
  alert_incident: string | null
  created_at: number
  deadline: number
  ended_at: number | null
  told_at: number | null
}

/** The numbers of the period from `from` (a moment) to now, counted from the tables of one origin. */
function recount(control: Control, origin: Origin, from: number, now: number, silentMs: number) {
  const alerts = control.all<AlertNow>('SELECT * FROM alerts WHERE origin = ? ORDER BY seq', origin)
  const all = control.all<IncidentNow>('SELECT * FROM incidents WHERE origin = ?', origin)
  const tasks = control.all<TaskNow>(
    `SELECT t.*, a.incident_id AS alert_incident FROM tasks t
       LEFT JOIN task_alerts l ON l.task_id = t.id AND l.place = 0 LEFT JOIN alerts a ON a.id = l.alert_id WHERE t.origin = ?`,
    origin
  )
  const into = (id: string | null): string | null => {
    const merged = all.find((incident) => incident.id === id)?.merged_into ?? null
    return merged === null ? id : into(merged)
  }
  const emptied = (id: string) =>
    control
      .all<{ act: string }>(
        `SELECT act FROM timeline WHERE incident_id = ? AND act IN ('incident.emptied', 'incident.status', 'incident.reopened')
           ORDER BY id`,
        id
      )
      .at(-1)?.act === 'incident.emptied' && alerts.every((alert) => alert.incident_id !== id)
  const overdue = tasks.filter((task) => task.ended_at === null && task.told_at !== null && task.deadline < now)
  const incidents = all
    .filter((incident) => incident.merged_into === null && !emptied(incident.id))
    .map((incident) => {
      const own = alerts.filter((alert) => alert.incident_id === incident.id)
      const grade = own.length === 0 ? incident.level : worstOf(own)
      const late = overdue.filter((task) => (into(task.incident_id) ?? task.alert_incident) === incident.id)
      const begun = Math.min(incident.opened_at, ...own.map((alert) => alert.received_at))
      const ms = (incident.closed_at ?? now) - begun
      const units = new Set(own.map((alert) => alert.unit))
      return { ...incident, open: incident.status !== 'closed', grade, late: late.length > 0, units, ms }
    })
  const raised = alerts.filter((alert) => alert.raised_at >= from)
  const opened = incidents.filter((incident) => incident.opened_at >= from)
  const closed = incidents.filter((incident) => !incident.open && (incident.closed_at ?? 0) >= from)
  const open = incidents.filter((incident) => incident.open)
  const inOpen = new Set(open.map((incident) => incident.id))
  const untaken = alerts.filter(
    (alert) => alert.status === 'new' && grave(alert.level) && !inOpen.has(alert.incident_id ?? '')
  )
  const sent = tasks.filter((task) => task.created_at >= from)
  const answers = answersOf(control)
  const inTime = ({ ms, grade }: (typeof incidents)[number]) => ms <= (targetMinutes[grade] ?? Infinity) * 60_000
  const risky = open.filter((incident) => grave(incident.grade)).flatMap((incident) => [...incident.units])
  const units = unitsOf(control, origin, from, now, silentMs)
  return {
    ...{ alerts, incidents, raised, opened, closed, open, untaken, overdue, sent, units, inTime },
    answered: sent.filter((task) => answers.has(task.id)),
    answeredInTime: sent.filter((task) => answers.get(task.id)?.inTime === true),
    needDecision: open.filter((incident) => grave(incident.grade) || incident.late),
    atRisk: new Set([...risky, ...overdue.map((task) => task.unit)])
  }
}
type Recount = ReturnType<typeof recount>

const worstOf = (alerts: readonly { level: Level }[]): Level =>
  levels[Math.max(...alerts.map((alert) => levels.indexOf(alert.level)))]!

/** First answer of each task, and whether it came before the deadline that held then. */
function answersOf(control: Control): Map<string, { inTime: boolean }> {
  const found = new Map<string, { inTime: boolean }>()
  for (const { task, at } of control.all<{ task: string; at: number }>(
    `SELECT task_id AS task, MIN(at) AS at FROM task_entries
       WHERE kind IN ('received', 'doing', 'done', 'not_ours', 'question') GROUP BY task_id`
  )) {
    const { deadline } = control.single<{ deadline: number }>(
      `SELECT json_extract(params, '$.deadline') AS deadline FROM timeline WHERE act GLOB 'task.*' AND at <= ?
         AND json_extract(params, '$.task') = ? AND deadline IS NOT NULL ORDER BY id DESC LIMIT 1`,
      at,
      task
    )
    found.set(task, { inTime: at <= deadline })
  }
  return found
}

/** Per unit: days and events that its own sources sent, events about it, and its feed now. */
function unitsOf(control: Control, origin: Origin, from: number, now: number, silentMs: number) {
  const day = ictDay(from)
  const rows = (table: 'sender_days' | 'unit_days') =>
    control.all<{ unit: string; day: string; events: number }>(
      `SELECT unit, day, events FROM ${table} WHERE origin = ? AND day >= ?`,
      origin,
      day
    )
  const sources = control.all<{ unit: string; enabled: number; last: number | null }>(
    `SELECT unit, enabled, (SELECT MAX(last_at) FROM sender_days d WHERE d.sender = s.id AND d.origin = s.origin) AS last
       FROM senders s WHERE origin = ?`,
    origin
  )
  return (code: string) => {
    const sent = rows('sender_days').filter((row) => row.unit === code)
    const heard = sources.filter((source) => source.unit === code && source.last !== null)
    const on = heard.filter((source) => source.enabled === 1)
    return {
      daysSent: new Set(sent.map((row) => row.day)).size,
      sent: sum(sent),
      events: sum(rows('unit_days').filter((row) => row.unit === code)),
      feed:
        heard.length === 0
          ? 'none'
          : on.length === 0
            ? 'paused'
            : on.some((source) => now - 1 - (source.last ?? 0) > silentMs)
              ? 'silent'
              : 'sending'
    }
  }
}
const sum = (rows: readonly { events: number }[]) => rows.reduce((total, row) => total + row.events, 0)

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2)
}

/** The figures' numbers against the recount. */
function expectFigures(made: PeriodFigures, counted: Recount) {
  const of = (level: Level) => counted.raised.filter((alert) => alert.level === level).length
  expect({
    raised: made.alerts.raised.value,
    byLevel: Object.fromEntries(Object.entries(made.alerts.byLevel).map(([level, { value }]) => [level, value])),
    untaken: made.alerts.untaken.value,
    opened: made.incidents.opened.value,
    closed: made.incidents.closed.value,
    open: made.incidents.openAtEnd.value,
    needDecision: made.incidents.needDecision.value,
    atRisk: made.unitsAtRisk.value,
    median: made.handling.median.value,
    handling: [made.handling.closed, made.handling.inTime, made.handling.open, made.handling.openLate],
    longest: made.handling.longestOpenMs,
    tasks: [made.tasks.sent, made.tasks.answered, made.tasks.answeredInTime, made.tasks.overdueAtEnd].map(
      ({ value }) => value
    ),
    listed: made.incidents.list
      .filter((incident) => incident.status !== 'closed')
      .map(({ id }) => id)
      .sort()
  }).toEqual({
    raised: counted.raised.length,
    byLevel: Object.fromEntries(levels.map((level) => [level, of(level)])),
    untaken: counted.untaken.length,
    opened: counted.opened.length,
    closed: counted.closed.length,
    open: counted.open.length,
    needDecision: counted.needDecision.length,
    atRisk: counted.atRisk.size,
    median: medianOf(counted.closed.map(({ ms }) => ms)),
    handling: [
      counted.closed.length,
      counted.closed.filter(counted.inTime).length,
      counted.open.length,
      counted.open.filter((incident) => !counted.inTime(incident)).length
    ],
    longest: counted.open.length === 0 ? null : Math.max(...counted.open.map(({ ms }) => ms)),
    tasks: [counted.sent, counted.answered, counted.answeredInTime, counted.overdue].map((list) => list.length),
    listed: counted.open.map(({ id }) => id).sort()
  })
  expectGroups(made, counted)
}

const tally = (keys: readonly string[]) =>
  Object.fromEntries([...new Set(keys)].map((key) => [key, keys.filter((other) => other === key).length]))

function expectGroups(made: PeriodFigures, counted: Recount) {
  const verdicts = Object.fromEntries(Object.entries(made.alerts.byVerdict).filter(([, n]) => n > 0))
  expect(verdicts).toEqual(tally(counted.raised.map((alert) => alert.verdict ?? 'unjudged')))
  expect(made.incidents.byReason).toEqual(tally(counted.opened.map((incident) => incident.reason)))
  expect(made.incidents.byKind.reduce((all, kind) => all + kind.incidents, 0)).toBe(counted.opened.length)
  expect(Object.fromEntries(made.alerts.untakenUnits.map(({ unit, alerts }) => [unit.code, alerts]))).toEqual(
    tally(counted.untaken.map((alert) => alert.unit))
  )
  const rules = Object.keys(tally(counted.raised.map((alert) => alert.rule_id)))
  expect(made.alerts.topRules.map(({ title, ...rule }) => ({ ...rule, title: title.vi }))).toEqual(
    rules
      .map((id) => {
        const own = counted.raised.filter((alert) => alert.rule_id === id)
        const units = new Set(own.map((alert) => alert.unit)).size
        return { title: `Luật ${id}`, level: worstOf(own), alerts: own.length, units }
      })
      .sort((a, b) => b.alerts - a.alerts || a.title.localeCompare(b.title))
  )
}

/** The table of units and coverage against the recount; every unit that anything happened at has a row. */
function expectUnits(made: PeriodFigures, counted: Recount) {
  const count = <T extends { unit: string }>(rows: readonly T[], code: string) =>
    rows.filter((row) => row.unit === code).length
  const among = (incidents: Recount['incidents'], code: string) =>
    incidents.filter((incident) => incident.units.has(code)).length
  for (const { unit, kind, watched: _watched, state, ...row } of made.units) {
    const { code } = unit
    const { feed, ...sent } = counted.units(code)
    const [openIncidents, overdueTasks] = [among(counted.open, code), count(counted.overdue, code)]
    const notable = counted.alerts.filter(
      (alert) =>
        alert.unit === code && alert.level !== 'informational' && !['closed', 'archived'].includes(alert.status)
    )
    expect({ code, ...row }).toEqual({
      ...{ code, ...sent, feed, openIncidents, overdueTasks },
      alerts: count(counted.raised, code),
      incidents: among(counted.opened, code),
      tasks: count(counted.sent, code),
      answeredTasks: count(counted.answered, code)
    })
    const trouble = openIncidents > 0 ? 'incident' : notable.length + overdueTasks > 0 ? 'watch' : undefined
    expect([code, kind, state]).toEqual([code, kind, trouble ?? (feed === 'sending' ? 'quiet' : feed)])
  }
  const watched = made.units.filter((unit) => unit.watched)
  const shown = (rows: readonly { unit: string }[]) =>
    rows.every((row) => made.units.some((u) => u.unit.code === row.unit))
  expect(shown([...counted.raised, ...counted.overdue, ...counted.sent])).toBe(true)
  const heard = watched.filter((unit) => counted.units(unit.unit.code).daysSent > 0)
  expect(made.coverage).toMatchObject({ units: watched.length, sent: heard.length })
  expect(made.coverage.unheard).toHaveLength(watched.length - heard.length)
  expect(made.coverage.feeds).toEqual({
    ...{ sending: 0, silent: 0, paused: 0, none: 0 },
    ...tally(watched.map((unit) => counted.units(unit.unit.code).feed))
  })
  expect(made.events.value).toBe(made.units.reduce((all, { unit }) => all + counted.units(unit.code).events, 0))
}

/** The tables of a report, told from the recount alone. */
function expectReport(made: PeriodFigures, counted: Recount) {
  const { blocks, annexes } = reportDocument({
    ...{ kind: 'weekly', figures: made, paragraph: paragraphOf(made, exactShare), lastYear: null },
    ...{ form: defaultSettings.form, unitName: '', findings: null }
  })
  const tables = blocks.flatMap((block) => (block.kind === 'table' ? [block] : []))
  const rows = new Map(tables.flatMap((table) => table.rows.map((row) => [row[0]!, row.slice(1)])))
  const number = (value: number) => value.toLocaleString('vi-VN')
  const heard = made.units.some((unit) => unit.watched && counted.units(unit.unit.code).daysSent > 0)
  // A zero where nothing was heard is no figure.
  const cell = (value: number) => (value === 0 && !heard ? expect.stringMatching(/\D/) : number(value))
  const printed = (name: string) => rows.get(name)?.[0]
  expect(printed('Sự cố cần chỉ đạo')).toEqual(cell(counted.needDecision.length))
  expect(printed('Cảnh báo mức cao trở lên chưa ai nhận')).toEqual(cell(counted.untaken.length))
  expect(printed('Việc quá hạn ở đơn vị')).toEqual(cell(counted.overdue.length))
  expect(printed('Cảnh báo mở trong kỳ')).toEqual(cell(counted.raised.length))
  for (const level of levels)
    expect(printed(`– mức ${levelWords[level].vi}`)).toEqual(
      cell(counted.raised.filter((alert) => alert.level === level).length)
    )
  expect(printed('Sự cố mở trong kỳ')).toEqual(cell(counted.opened.length))
  expect(printed('Sự cố đóng trong kỳ')).toEqual(cell(counted.closed.length))
  expect(printed('Sự cố còn mở cuối kỳ')).toEqual(cell(counted.open.length))
  expect(rows.has(`Thời gian xử lý trung vị (${number(counted.closed.length)} sự cố đã đóng)`)).toBe(true)
  const annex = annexes.flatMap((part) => part.blocks.flatMap((block) => (block.kind === 'table' ? block.rows : [])))
  expect(annex).toHaveLength(made.units.length)
  const overdue = annex.reduce((all, row) => all + Number(row.at(-1)?.replaceAll('.', '')), 0)
  expect(overdue).toBe(counted.overdue.length)
}

function countedOf({ test }: History, origin: Origin, from: number): Recount {
  const { control, clock, config } = test.parts
  return recount(control, origin, from, clock.now(), silentAfterMs(config, origin))
}
const figuresOf = ({ test }: History, origin: Origin, to: string, from = FROM) =>
  test.parts.figures({ from, to }, { origin })

describe('every number of posture and of a report', () => {
  it('equals a plain recount of the tables, of either origin, while the period runs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(historyStep, { minLength: 10, maxLength: 70 }), async (steps) => {
        const history = historyOn(START - DAY_MS)
        history.play(steps)
        history.settle()
        if (history.test.parts.clock.now() < START) history.test.parts.clock.advance(DAY_MS)
        const to = ictDay(history.test.parts.clock.now())
        for (const origin of origins) {
          const made = await figuresOf(history, origin, to)
          const counted = countedOf(history, origin, START)
          expectFigures(made, counted)
          expectUnits(made, counted)
          expectReport(made, counted)
          await expectTiles(history, origin, made)
        }
        await history.test.close()
      }),
      { numRuns: 15, seed: 9, endOnFailure: true }
    )
  }, 120_000)

  it('stays what was counted at the end of the period, and is what the next one compares with', async () => {
    const END = START + 3 * DAY_MS
    await fc.assert(
      fc.asyncProperty(
        fc.array(historyStep, { minLength: 5, maxLength: 40 }),
        fc.array(historyStep, { minLength: 5, maxLength: 30 }),
        async (steps, later) => {
          const history = historyOn(START - DAY_MS)
          const { clock } = history.test.parts
          history.play(steps, END)
          clock.advance(END - clock.now())
          const counted = new Map(origins.map((origin) => [origin, countedOf(history, origin, START)] as const))
          history.play(later)
          const last = ictDay(END - 1)
          clock.advance(Math.max(11_000, END + 3 * DAY_MS - clock.now()))
          for (const origin of origins) {
            const made = await figuresOf(history, origin, last)
            expectFigures(made, counted.get(origin)!)
            const next = await figuresOf(history, origin, ictDay(END + 3 * DAY_MS - 1), ictDay(END))
            if (next.alerts.raised.before !== null)
              expect([next.alerts.raised.before, next.incidents.openAtEnd.before, next.alerts.untaken.before]).toEqual([
                made.alerts.raised.value,
                made.incidents.openAtEnd.value,
                made.alerts.untaken.value
              ])
          }
          await history.test.close()
        }
      ),
      { numRuns: 12, seed: 10, endOnFailure: true }
    )
  }, 120_000)
})

/** The tiles of `/units` say what the figures of a period that runs say, where they speak of the same origin. */
async function expectTiles({ test }: History, origin: Origin, made: PeriodFigures) {
  if (test.parts.shownOrigin() !== origin) return
  const answer = await test.app.inject({ url: '/api/units', headers: test.person('analyst').headers })
  const { units } = answer.json<UnitMap>()
  for (const row of made.units) {
    const tile = units.find((unit) => unit.code === row.unit.code)
    expect(tile).toMatchObject({
      ...{ code: row.unit.code, state: row.state, feed: row.feed, watched: row.watched },
      ...{ openIncidents: row.openIncidents, overdueTasks: row.overdueTasks }
    })
  }
}

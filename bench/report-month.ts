import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { hashPassword } from '#control/accounts/password.ts'
import { createUsers } from '#control/accounts/users.ts'
import { countActivity } from '#control/figures/activity.ts'
import { createFiguresReader } from '#control/figures/reader.ts'
import { createReports } from '#control/reports/reports.ts'
import { manualClock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { randomId, stableHash } from '#core/ids.ts'
import type { Level, MatchBatch, MatchFold } from '#core/match.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import { createAlerts, type Alerts } from '#control/triage/alerts.ts'
import type { Actor } from '#control/rights/actor.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#control/database/control.ts'
import { offlineHealth } from '#control/health/offline-health.ts'
import type { Benchmark, Figure } from './report.ts'
import { temporaryFolder } from '#testing/running-process.ts'

const PERIOD = { from: '2023-10-15', to: '2023-11-14' }
const DAYS = 31
const RULES = 40
const BATCH = 100
const SPOOL = 'bench'
/** The period before has this share of it, so that the comparison is made too. */
const BEFORE = 0.2
/** One alert in so many is critical and opens an incident; as often a verdict closes one. */
const CRITICAL_EVERY = 20
const TARGET_S = 20
const STALL_MS = 250

type Amounts = { events: number; alerts: number }

/** A monthly report of a province, from a data folder filled through the functions that fill it in service. */
export const reportMonth: Benchmark = {
  about: 'monthly report over 10 million events and 10,000 alerts',
  help: `
Usage: soc bench report [--events N] [--alerts N] [--keep]

Fills a fresh data folder with a reporting month (31 days, every unit of the province) and a fifth of it for the month before, then makes the
monthly report as PDF and DOCX and measures it: seconds from asking to the archived files, and the longest time the asking thread stood still.

Alerts come in through the function that takes the detector's batches, with incidents opening by themselves; some are judged. Events are not
stored one by one: the same batches carry the sums per day and unit that the pipeline counts, ${(10_000_000).toLocaleString('en')} in all, and reports read those sums.
--events (default 10000000), --alerts (default 10000), --keep leaves the folder and names it.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: { events: { type: 'string' }, alerts: { type: 'string' }, keep: { type: 'boolean' } }
    })
    const amounts = { events: amount(values.events, 10_000_000), alerts: amount(values.alerts, 10_000) }
    const folder = temporaryFolder('report')
    const control = openControl(join(folder, 'control.db'))
    try {
      const figures = await measure(folder, control, amounts, progress)
      if (values.keep) progress(`kept: ${folder}`)
      return figures
    } finally {
      control.close()
      if (!values.keep) rmSync(folder, { recursive: true, force: true })
    }
  }
}

async function measure(
  folder: string,
  control: ReturnType<typeof openControl>,
  amounts: Amounts,
  progress: (line: string) => void
): Promise<Figure[]> {
  const inventory = loadInventory('2023-11-30')
  const start = ictDayStart(PERIOD.from)
  const clock = manualClock(start - DAYS * DAY_MS)
  const alerts = createAlerts({
    control,
    inventory,
    clock,
    within: (batch) => countActivity(control, batch.activity)
  })
  const draft = { username: 'bench', name: 'bench', role: 'analyst' as const, units: [], mayUnmask: false }
  const actor = createUsers(control, clock).create(draft, await hashPassword(randomId()))
  const units = inventory.units().map((unit) => unit.code)
  const begun = performance.now()
  let offset = 0
  for (let month = 0; month < 2; month++) {
    const share = month === 0 ? BEFORE : 1
    const events = spread(Math.round(amounts.events * share), DAYS * units.length)
    const raised = spread(Math.round(amounts.alerts * share), DAYS)
    for (let day = 0; day < DAYS; day++) {
      const from = start + (month * DAYS - DAYS + day) * DAY_MS
      clock.advance(from - clock.now())
      const folds = foldsOf(raised[day] ?? 0, offset, from, units)
      const activity = units.map((unit, at) => ({
        ...{ day: ictDay(from), unit, origin: 'real' as const },
        ...{ events: events[day * units.length + at] ?? 0, firstAt: from, lastAt: from + DAY_MS - 1 }
      }))
      const sent = activity.map((fold) => ({ ...fold, sender: `s-${fold.unit}` }))
      for (let at = 0; at === 0 || at < folds.length; at += BATCH) {
        const batch: MatchBatch = {
          ...{ partition: 0, from: offset, to: offset, exchanges: [] },
          ...{ folds: folds.slice(at, at + BATCH), activity: at === 0 ? activity : [], sent: at === 0 ? sent : [] }
        }
        offset += 1
        clock.advance(DAY_MS / 400)
        const made = alerts.commit(batch, SPOOL)
        judge(
          alerts,
          actor,
          made.alerts.map(({ id }) => id),
          made.incidents.map(({ id }) => id)
        )
      }
      if (day % 10 === 9) progress(`filled ${ictDay(from)}`)
    }
  }
  clock.advance(start + DAYS * DAY_MS + 3_600_000 - clock.now())
  const filledS = (performance.now() - begun) / 1_000
  const count = (sql: string) => control.single<{ n: number }>(sql).n
  const reports = createReports({
    ...{ control, inventory, clock, dataFolder: folder, origin: () => 'real' },
    figures: createFiguresReader({
      control,
      inventory,
      clock,
      silentAfterMs: () => 3_600_000,
      health: offlineHealth({ control, inventory, clock })
    }),
    notifier: { announce: () => undefined, acknowledge: () => 0, forget: () => undefined }
  })
  const stall = monitorEventLoopDelay({ resolution: 5 })
  stall.enable()
  const asked = performance.now()
  let step = ''
  const row = await reports.made({ kind: 'monthly', period: PERIOD, unit: '' }, 'bench', (name, share) => {
    if (name !== step) progress(`${Math.round(share * 100)} %  ${(step = name)}`)
  })
  const seconds = (performance.now() - asked) / 1_000
  // One round of the loop more, so that what came last is measured too.
  await new Promise((resolve) => setTimeout(resolve, 20))
  stall.disable()
  const stallMs = stall.max / 1e6
  const month = `raised_at >= ${start} AND raised_at < ${start + DAYS * DAY_MS}`
  return [
    { name: 'report_s', value: seconds, unit: 's', target: `≤ ${TARGET_S} s`, reached: seconds <= TARGET_S },
    { name: 'stall_ms', value: stallMs, unit: 'ms', target: `≤ ${STALL_MS} ms`, reached: stallMs <= STALL_MS },
    { name: 'events', value: count(`SELECT SUM(events) AS n FROM unit_days WHERE day >= '${PERIOD.from}'`), unit: '' },
    { name: 'alerts', value: count(`SELECT COUNT(*) AS n FROM alerts WHERE ${month}`), unit: '' },
    { name: 'incidents', value: count('SELECT COUNT(*) AS n FROM incidents'), unit: 'both months' },
    { name: 'timeline', value: count('SELECT COUNT(*) AS n FROM timeline'), unit: 'entries' },
    { name: 'units', value: units.length, unit: '' },
    { name: 'pdf_kb', value: row.pdf.bytes / 1_024, unit: 'KB' },
    { name: 'docx_kb', value: row.docx.bytes / 1_024, unit: 'KB' },
    { name: 'control_mb', value: statSync(join(folder, 'control.db')).size / 1_048_576, unit: 'MB' },
    { name: 'fill_s', value: filledS, unit: 's' }
  ]
}

/** New alerts of a day: each its own fingerprint, spread over rules, units and addresses. */
function foldsOf(many: number, seed: number, day: number, units: readonly string[]): MatchFold[] {
  return Array.from({ length: many }, (_none, index): MatchFold => {
    const number = seed * 1_000 + index
    const at = day + Math.floor((index / many) * (DAY_MS - 60_000))
    const unit = units[(number * 7) % units.length] ?? ''
    const rule = number % RULES
    const address = `203.0.113.${number % 254}`
    const level: Level = index % CRITICAL_EVERY === 0 ? 'critical' : (['low', 'medium', 'high'] as const)[rule % 3]!
    const title = { vi: `Dấu hiệu thử số ${rule}`, en: `Bench rule ${rule}` }
    return {
      fingerprint: stableHash(['bench', String(rule), unit, String(number)]),
      rule: {
        ...{ id: `bench-${rule}`, version: '1', title, level, sentence: title },
        ...{ tags: ['attack.t1110.001'], falsePositives: [] }
      },
      ...{ origin: 'real' as const, unit, senders: ['bench'], count: 1 + (index % 50), correlated: false },
      entity: { key: `${unit}:${number}`, fields: { 'source.ip': address } },
      ...{ firstSeen: at, lastSeen: at, receivedAt: at, matchedAt: at, evidence: [], values: {} }
    }
  })
}

/** What people did: a third of the alerts are judged, two of three incidents are closed. */
function judge(alerts: Alerts, actor: Actor, made: readonly string[], incidents: readonly string[]) {
  const judged = made.filter((_id, index) => index % 3 === 0)
  if (judged.length > 0) alerts.act({ ids: judged, act: { kind: 'verdict', verdict: 'benign', note: '' } }, actor)
  for (const id of incidents.filter((_id, index) => index % 3 > 0)) {
    if (alerts.incident(id)?.incident.status === 'new')
      alerts.actOnIncident(id, { kind: 'status', status: 'closed', verdict: 'benign', conclusion: 'bench' }, actor)
  }
}

/** A sum in equal parts; what does not divide goes to the first. */
function spread(sum: number, parts: number): number[] {
  const each = Math.floor(sum / parts)
  return Array.from({ length: parts }, (_none, at) => each + (at < sum - each * parts ? 1 : 0))
}

function amount(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new SocError('cli.usage', `bench report: "${text}" is no amount`)
  return Number(text)
}

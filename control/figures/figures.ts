import type { Verdict } from '#core/api/alerts.ts'
import type { Period, PeriodFigures, Trended, UnitPosture } from '#core/api/posture.ts'
import { levels, type Bilingual, type Level } from '#core/match.ts'
import { targetMinutes } from '#core/targets.ts'
import { DAY_MS } from '#core/time.ts'
import { countFeeds, stateOf } from '#core/unit-states.ts'
import type { Reads } from '#control/database/reads.ts'
import { feedsBefore, type Feed } from '#control/senders/feeds.ts'
import { placesOf, type FigureCatalogue, type Places } from './catalogue.ts'
import { decisionsOf } from './decisions.ts'
import type { KindTable } from './kinds.ts'
import { spansOf, type Span } from './period.ts'
import {
  closedIn,
  closedInTime,
  isOpen,
  medianHandling,
  needsDecision,
  openedIn,
  raisedIn,
  rank,
  standingAt,
  stillOpen,
  tasksSentIn,
  unitsAtRisk,
  untakenIn,
  unitsWithOpenAlerts,
  type IncidentFact,
  type Standing
} from './standing.ts'
import { standingOf, statesAt, type AlertState } from './states.ts'
import { eventsIn, firstKnown, sentIn, sentSince, type Sent } from './unit-days.ts'

/** Incidents named one by one; the graver and newer first, the rest is counted only. */
export const MAX_INCIDENTS_LISTED = 500
const TOP_RULES = 10

/** Everything that figures are made of besides the control database; plain, so that it crosses to a thread. */
export type FiguresRequest = {
  period: Period
  origin: string
  /** Codes of units, subtrees included; null: the whole province. */
  scope: string[] | null
  now: number
  catalogue: FigureCatalogue
  health: PeriodFigures['health']
  kinds: KindTable
  /** The rules' own titles, of rules whose alerts carry titles of their own. */
  ruleTitles: Readonly<Record<string, Bilingual>>
  silentAfterMs: number
}

/**
 * Every figure of a period, as of its end, or of now while it runs. A finished period always gives the same figures: they
 * are told from openings, the append-only timeline and whole days, never from how rows stand today.
 */
export function figuresOf(database: Reads, request: FiguresRequest, onStep?: (step: string) => void): PeriodFigures {
  const spans = spansOf(request.period, request.now)
  const { origin } = request
  const places = placesOf(request.catalogue, request.scope)
  const scope = { places, whole: request.scope === null, kinds: request.kinds }
  onStep?.('days')
  const heard = heardIn(database, request, spans.current, places)
  const known = firstKnown(database, origin)
  // A comparison with days on which nobody was watching would read as a change for the worse.
  const compared = known !== undefined && known < spans.before.fromMs + DAY_MS
  const heardBefore = compared ? heardIn(database, request, spans.before, places) : undefined
  onStep?.('states')
  const [now, then] = statesAt(database, origin, [spans.current.asOf, ...(compared ? [spans.before.asOf] : [])])
  if (now === undefined) throw new Error('no states')
  onStep?.('standing')
  const standing = standingAt(database, origin, spans.current, now, scope)
  const earlier = then && standingAt(database, origin, spans.before, then, scope)
  const both = (query: string, figure: (standing: Standing) => number | null): Trended => ({
    value: figure(standing),
    before: earlier === undefined ? null : figure(earlier),
    query
  })
  onStep?.('figures')
  const closed = closedIn(standing)
  const targets = closed.flatMap((incident) => targetMinutes[incident.grade] ?? []).sort((a, b) => a - b)
  const left = stillOpen(standing)
  const late = standing.overdue.map((task) => spans.current.asOf - task.deadline)
  // One day that still runs has no fair day before it.
  const oneRunningDay = spans.running && spans.current.from === spans.current.to
  return {
    period: request.period,
    fromMs: spans.fromMs,
    toMs: spans.toMs,
    origin,
    running: spans.running,
    asOf: spans.current.asOf,
    coverage: coverageOf(heard, oneRunningDay ? undefined : heardBefore, places),
    events: {
      value: heard.events,
      // Days are counted whole, so a running period has no equal part of the one before.
      before: heardBefore === undefined || spans.running ? null : heardBefore.events,
      query: 'events.total'
    },
    alerts: {
      raised: both('alerts.raised', (at) => raisedIn(at).length),
      byLevel: Object.fromEntries(
        [...levels]
          .reverse()
          .map((level) => [
            level,
            both('alerts.by_level', (at) => raisedIn(at).filter((alert) => alert.level === level).length)
          ])
      ),
      byVerdict: verdictsOf(raisedIn(standing)),
      topRules: topRulesOf(raisedIn(standing), places, request.ruleTitles),
      untaken: both('alerts.untaken', (at) => untakenIn(at).length),
      untakenUnits: untakenUnitsOf(standing, places)
    },
    incidents: {
      opened: both('incidents.opened', (at) => openedIn(at).length),
      closed: both('incidents.closed', (at) => closedIn(at).length),
      openAtEnd: both('incidents.open_at_end', (at) => at.incidents.filter(isOpen).length),
      needDecision: both('incidents.need_decision', (at) => at.incidents.filter(needsDecision).length),
      byReason: Object.fromEntries(countBy(openedIn(standing).map((incident) => incident.reason))),
      byKind: kindsOf(openedIn(standing)),
      list: listOf(standing, places)
    },
    unitsAtRisk: both('units.at_risk', (at) => unitsAtRisk(at, places).size),
    handling: {
      median: both('incidents.handling_median', (at) => medianHandling(closedIn(at))),
      // The target of the middle incident, the stricter one of two: always one that was set, never a mean of two.
      targetMs: (targets[Math.ceil(targets.length / 2) - 1] ?? targetMinutes.high ?? 0) * 60_000,
      closed: closed.length,
      inTime: closedInTime(closed),
      open: left.open,
      openLate: left.late,
      longestOpenMs: left.longestMs
    },
    tasks: {
      sent: both('tasks.sent', (at) => tasksSentIn(at).length),
      answered: both('tasks.answered', (at) => tasksSentIn(at).filter((task) => task.answeredAt !== null).length),
      answeredInTime: both('tasks.answered_in_time', (at) => tasksSentIn(at).filter((task) => task.inTime).length),
      overdueAtEnd: both('tasks.overdue_at_end', (at) => at.overdue.length),
      longestOverdueMs: late.length === 0 ? null : Math.max(...late)
    },
    health: request.health,
    decisions: decisionsOf(standing, places, request.ruleTitles),
    units: unitRows(standing, heard, places)
  }
}

/** What was heard in a span: who sent, what the events were about, and the feeds at its end. */
type Heard = {
  events: number
  about: Map<string, number>
  /** Undefined for days of which it was not counted who sent. */
  sent: Sent | undefined
  feeds: Map<string, Feed>
  since: number
}

function heardIn(database: Reads, { origin, silentAfterMs }: FiguresRequest, span: Span, places: Places): Heard {
  const about = eventsIn(database, origin, span, places)
  const since = sentSince(database)
  return {
    events: [...about.values()].reduce((sum, events) => sum + events, 0),
    about,
    sent: span.fromMs < since ? undefined : sentIn(database, origin, span, places),
    feeds: feedsBefore(database, origin, { before: span.asOf, silentAfterMs, home: places.home }),
    since
  }
}

function coverageOf(heard: Heard, before: Heard | undefined, places: Places): PeriodFigures['coverage'] {
  const watched = places.units.filter((unit) => unit.watched)
  const seen = ({ sent }: Heard) => (sent === undefined ? null : watched.filter((unit) => sent.has(unit.code)).length)
  return {
    units: watched.length,
    sent: seen(heard),
    before: before === undefined ? null : seen(before),
    unheard: watched.filter((unit) => !heard.sent?.has(unit.code)).map((unit) => places.ref(unit.code)),
    feeds: countFeeds(watched.map((unit) => ({ feed: heard.feeds.get(unit.code)?.feed ?? 'none' }))),
    since: heard.since
  }
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

// Written out: the schemas of the API would be most of what the thread has to load.
const noVerdicts: Record<Verdict | 'unjudged', number> = {
  true_positive: 0,
  benign: 0,
  false_positive: 0,
  duplicate: 0,
  test: 0,
  unjudged: 0
}

/** Verdicts of the alerts raised in the period; `unjudged` are those without one. */
function verdictsOf(alerts: readonly AlertState[]): Record<string, number> {
  return {
    ...noVerdicts,
    ...Object.fromEntries(countBy(alerts.map((alert) => standingOf(alert).verdict ?? 'unjudged')))
  }
}

/** By rule. An alert of a platform's own rule has a title of its own (which system is down): the rule's stands here. */
function topRulesOf(
  alerts: readonly AlertState[],
  places: Places,
  titles: FiguresRequest['ruleTitles']
): PeriodFigures['alerts']['topRules'] {
  const rules = new Map<string, { newest: AlertState; level: Level; alerts: number; units: Set<string> }>()
  for (const alert of alerts) {
    const rule = rules.get(alert.ruleId) ?? { newest: alert, level: alert.level, alerts: 0, units: new Set() }
    rules.set(alert.ruleId, rule)
    rule.newest = alert
    if (rank(alert.level) > rank(rule.level)) rule.level = alert.level
    rule.alerts += 1
    rule.units.add(places.home(alert.unit))
  }
  return [...rules]
    .sort(([a, x], [b, y]) => y.alerts - x.alerts || a.localeCompare(b))
    .slice(0, TOP_RULES)
    .map(([id, { newest, level, alerts: count, units }]) => ({
      title: Object.hasOwn(titles, id) ? titles[id]! : newest.title,
      level,
      alerts: count,
      units: units.size
    }))
}

/** Where untaken alerts are, most first; equal ones in the inventory's order. */
function untakenUnitsOf(standing: Standing, places: Places): PeriodFigures['alerts']['untakenUnits'] {
  const counts = countBy(untakenIn(standing).map((alert) => places.home(alert.unit)))
  const order = new Map(places.units.map((unit, at) => [unit.code, at]))
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (order.get(a) ?? Infinity) - (order.get(b) ?? Infinity))
    .map(([code, alerts]) => ({ unit: places.ref(code), alerts }))
}

function kindsOf(incidents: readonly IncidentFact[]): PeriodFigures['incidents']['byKind'] {
  const kinds = new Map<string, { kind: Bilingual; incidents: number }>()
  for (const { kind } of incidents) {
    const sum = kinds.get(kind.vi) ?? { kind, incidents: 0 }
    sum.incidents += 1
    kinds.set(kind.vi, sum)
  }
  return [...kinds.values()].sort((a, b) => b.incidents - a.incidents || a.kind.vi.localeCompare(b.kind.vi, 'vi'))
}

/** Incidents that were open at some time of the period. */
function listOf({ incidents, span }: Standing, places: Places): PeriodFigures['incidents']['list'] {
  return incidents
    .filter((incident) => incident.closedAt === null || incident.closedAt >= span.fromMs)
    .sort((a, b) => rank(b.grade) - rank(a.grade) || b.openedAt - a.openedAt || a.id.localeCompare(b.id))
    .slice(0, MAX_INCIDENTS_LISTED)
    .map((incident) => ({
      id: incident.id,
      title: incident.title,
      level: incident.grade,
      units: incident.units.map((code) => places.ref(code)),
      openedAt: incident.openedAt,
      closedAt: incident.closedAt,
      status: incident.status
    }))
}

/** Units under watch, and others that something happened at. */
function unitRows(standing: Standing, heard: Heard, places: Places): UnitPosture[] {
  const count = (codes: readonly string[]) => countBy(codes.map((code) => places.home(code)))
  const alerts = count(raisedIn(standing).map((alert) => alert.unit))
  const incidents = count(openedIn(standing).flatMap((incident) => incident.units))
  const open = count(standing.incidents.filter(isOpen).flatMap((incident) => incident.units))
  const overdue = count(standing.overdue.map((task) => task.unit))
  const tasks = count(tasksSentIn(standing).map((task) => task.unit))
  const answered = count(tasksSentIn(standing).flatMap((task) => (task.answeredAt === null ? [] : task.unit)))
  const watching = unitsWithOpenAlerts(standing, places)
  return places.units.flatMap((unit) => {
    const { code } = unit
    const own = heard.sent?.get(code)
    const feed = heard.feeds.get(code)?.feed ?? 'none'
    const row = {
      unit: places.ref(code),
      kind: unit.kind,
      feed,
      watched: unit.watched,
      daysSent: own?.days ?? 0,
      sent: own?.events ?? 0,
      events: heard.about.get(code) ?? 0,
      alerts: alerts.get(code) ?? 0,
      incidents: incidents.get(code) ?? 0,
      openIncidents: open.get(code) ?? 0,
      overdueTasks: overdue.get(code) ?? 0,
      answeredTasks: answered.get(code) ?? 0,
      tasks: tasks.get(code) ?? 0
    }
    const { openIncidents, overdueTasks } = row
    const state = stateOf({ incidents: openIncidents, alerts: watching.has(code) ? 1 : 0, overdueTasks, feed })
    const anything = row.events + row.sent + row.alerts + openIncidents + row.tasks + overdueTasks > 0
    return unit.watched || anything || feed !== 'none' || watching.has(code) ? [{ ...row, state }] : []
  })
}

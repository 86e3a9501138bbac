import { levels, type Bilingual, type Level } from '#core/match.ts'
import { targetMinutes } from '#core/targets.ts'
import type { Reads } from '#control/database/reads.ts'
import type { Places } from './catalogue.ts'
import { kindOf, type KindTable } from './kinds.ts'
import type { Span } from './period.ts'
import { incidentOf, standingOf, type AlertState, type IncidentState, type States } from './states.ts'
import { isOverdue, tasksAt, type TaskFact } from './task-facts.ts'
import { unnamedIncident } from './words.ts'

/** An incident with what its alerts said of it at the moment. */
export type IncidentFact = IncidentState & {
  /** Greatest level of its alerts. */
  grade: Level
  /** The gravest alert, the first of them: names the incident without log text. */
  leading: AlertState | undefined
  /** Present codes of its units inside the scope, that of the leading alert first. */
  units: string[]
  /** First sight: its earliest alert's evidence received, else its opening. */
  firstSeen: number
  title: Bilingual
  kind: Bilingual
  overdue: TaskFact[]
}

/** How the scope stood at the end of a span, and what happened in it. */
export type Standing = {
  span: Span
  /** Alerts of the scope, raised before the end. */
  alerts: AlertState[]
  /** Incidents of the scope that stood: neither merged into another nor emptied. */
  incidents: IncidentFact[]
  tasks: TaskFact[]
  overdue: TaskFact[]
}

/** What figures are cut to (`whole`: the province), and how they name kinds of incident. */
export type Scope = { places: Places; whole: boolean; kinds: KindTable }

/** Cuts the states at the end of a span to a scope and joins alerts, incidents and tasks. */
export function standingAt(
  database: Reads,
  origin: string,
  span: Span,
  states: States,
  { places, whole, kinds }: Scope
): Standing {
  const tasks = tasksAt(database, origin, span.asOf).filter((task) => places.inside(task.unit))
  const overdue = tasks.filter((task) => isOverdue(task, span.asOf))
  // A task of an incident that was merged belongs to the one that took it in.
  const late = overdue.map((task) => ({ ...task, incident: standingFor(states, task.incident) }))
  const members = new Map<string, AlertState[]>()
  for (const alert of states.alerts.values()) {
    const incident = incidentOf(alert)
    if (incident === null) continue
    const list = members.get(incident)
    if (list === undefined) members.set(incident, [alert])
    else list.push(alert)
  }
  const incidents = [...states.incidents.values()]
    .filter((incident) => incident.mergedInto === null && !incident.emptied)
    .map((incident) => factOf(incident, members.get(incident.id) ?? [], late, places, kinds))
    .filter((incident) => whole || incident.units.length > 0)
  const alerts = [...states.alerts.values()].filter((alert) => places.inside(alert.unit))
  return { span, alerts, incidents, tasks, overdue }
}

/** Follows merges to the incident that stands; as many as one would ever chain. */
function standingFor(states: States, id: string | null): string | null {
  let current = id
  for (let step = 0; step < 20 && current !== null; step++) {
    const into: string | null = states.incidents.get(current)?.mergedInto ?? null
    if (into === null) break
    current = into
  }
  return current
}

function factOf(
  incident: IncidentState,
  alerts: readonly AlertState[],
  overdue: readonly TaskFact[],
  places: Places,
  kinds: KindTable
): IncidentFact {
  const own = alerts.filter((alert) => places.inside(alert.unit))
  const leading = (own.length > 0 ? own : alerts).reduce<AlertState | undefined>(
    (worst, alert) => (worst === undefined || rank(alert.level) > rank(worst.level) ? alert : worst),
    undefined
  )
  const ids = new Set(alerts.map((alert) => alert.id))
  return {
    ...incident,
    leading,
    grade: leading?.level ?? incident.level,
    units: [
      ...new Set([leading, ...own].flatMap((alert) => (alert === undefined ? [] : [places.home(alert.unit)])))
    ].filter((code) => places.inside(code)),
    firstSeen: alerts.reduce((first, alert) => Math.min(first, alert.receivedAt), incident.openedAt),
    title: leading?.title ?? unnamedIncident,
    kind: kindOf(kinds, leading?.ruleId ?? '', leading?.tags ?? []),
    overdue: overdue.filter(
      (task) => task.incident === incident.id || (task.incident === null && task.alert !== null && ids.has(task.alert))
    )
  }
}

export const rank = (level: Level): number => levels.indexOf(level)
export const isOpen = (incident: Pick<IncidentState, 'status'>): boolean => incident.status !== 'closed'
const isGrave = (incident: IncidentFact) => rank(incident.grade) >= rank('high')

/** Critical or high, or with an overdue task, and not closed: what leaders are asked about. */
export const needsDecision = (incident: IncidentFact): boolean =>
  isOpen(incident) && (isGrave(incident) || incident.overdue.length > 0)

export const openedIn = ({ incidents, span }: Standing): IncidentFact[] =>
  incidents.filter((incident) => incident.openedAt >= span.fromMs)
export const closedIn = ({ incidents, span }: Standing): IncidentFact[] =>
  incidents.filter((incident) => incident.closedAt !== null && incident.closedAt >= span.fromMs)
export const raisedIn = ({ alerts, span }: Standing): AlertState[] =>
  alerts.filter((alert) => alert.raisedAt >= span.fromMs)
export const tasksSentIn = ({ tasks, span }: Standing): TaskFact[] => tasks.filter((task) => task.sentAt >= span.fromMs)

/** Units with an open critical or high incident, or an overdue task. */
export function unitsAtRisk({ incidents, overdue }: Standing, places: Places): Set<string> {
  const units = new Set(overdue.map((task) => places.home(task.unit)))
  for (const incident of incidents)
    if (isOpen(incident) && isGrave(incident)) for (const unit of incident.units) units.add(unit)
  return new Set([...units].filter((code) => places.kind(code) !== undefined))
}

/** Units with an alert that somebody may still have to look at; informational ones are context. */
export function unitsWithOpenAlerts({ alerts }: Standing, places: Places): Set<string> {
  return new Set(
    alerts
      .filter((alert) => rank(alert.level) > 0 && standingOf(alert).standing === 'open')
      .map((alert) => places.home(alert.unit))
  )
}

/**
 * Open critical and high alerts that nobody took, outside of open incidents (those stand with their incident): what a storm
 * leaves behind without anybody being told.
 */
export function untakenIn({ alerts, incidents }: Standing): AlertState[] {
  const open = new Set(incidents.filter(isOpen).map((incident) => incident.id))
  return alerts.filter((alert) => {
    const incident = incidentOf(alert)
    return rank(alert.level) >= rank('high') && standingOf(alert).untaken && (incident === null || !open.has(incident))
  })
}

const handlingMs = (incident: IncidentFact, end: number) => Math.max(0, end - incident.firstSeen)
const targetMs = (level: Level) => (targetMinutes[level] ?? Infinity) * 60_000

/** Closed incidents that met the target of their own level. */
export const closedInTime = (closed: readonly IncidentFact[]): number =>
  closed.filter((incident) => handlingMs(incident, incident.closedAt ?? 0) <= targetMs(incident.grade)).length

/** What is still open at the end: how many, how many of them past their own target, the longest. */
export function stillOpen({ incidents, span }: Standing): { open: number; late: number; longestMs: number | null } {
  const open = incidents.filter(isOpen)
  const times = open.map((incident) => ({ ms: handlingMs(incident, span.asOf), target: targetMs(incident.grade) }))
  return {
    open: open.length,
    late: times.filter(({ ms, target }) => ms > target).length,
    longestMs: open.length === 0 ? null : Math.max(...times.map(({ ms }) => ms))
  }
}

/** Middle of the times from first sight to closing, milliseconds; null when nothing was closed. */
export function medianHandling(closed: readonly IncidentFact[]): number | null {
  return median(closed.map((incident) => handlingMs(incident, incident.closedAt ?? 0)))
}

/** The middle value, or the mean of the two in the middle, as a whole number. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  const upper = sorted[Math.floor(half)] ?? 0
  return sorted.length % 2 === 1 ? upper : Math.round(((sorted[half - 1] ?? 0) + upper) / 2)
}

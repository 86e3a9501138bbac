import { levels, type MatchFold } from '#core/match.ts'
import { alertsOf, insertAlert, lastClosedAlert, openAlert, saveAlert, saveFigures } from '../record/alert-record.ts'
import { type Alert, type AlertRecord } from '../record/alert.ts'
import { saveSearchText } from '../views/alert-row.ts'
import { HOUR_MS } from '#core/time.ts'
import { nextNumber, numbered, type AlertsContext } from '../record/context.ts'
import { type Touched } from '../record/touched.ts'
import { addFold, escalates, lastSeenOf, withSenders } from './counting.ts'
import { deadlineFrom, earlierDeadline } from './deadlines.ts'
import { toText } from '../record/json-text.ts'
import { keepEvidence } from '../record/evidence.ts'
import { backToWork, considerIncident, followAlert } from './incident-opening.ts'
import { asManyEntities, meetsManyEntities, rememberEntity } from './many-entities.ts'
import { hostsOf } from './outage-incident.ts'
import { tell } from '../record/timeline.ts'
import { newTrend } from './trend.ts'

/*
 * The life of an alert:
 *
 *   match ─▶ new ─▶ acknowledged ─▶ closed (with a verdict)
 *             ▲         │  ▲           │
 *             │         ▼  │           │  a match within an hour: the same alert, again new, "escalated"
 *             │   waiting / archived   │  a later match: a new alert, linked to the closed one
 *             └─────────┴──────────────┘  archived: comes back at three times its greatest hour, or at a new unit
 *
 * At most one alert that is not closed exists per fingerprint (rule × entity × unit × origin); the database holds that.
 */

/** Folds the matches of one fingerprint into its alert. Runs inside the caller's transaction. Returns the growth of the count. */
export function foldIn(context: AlertsContext, fold: MatchFold, changes: Touched): number {
  const entityKey = fold.entity.key
  let part = fold
  let record = openAlert(context, part.fingerprint)
  let closed = record === undefined ? recentlyClosed(context, part) : undefined
  if (record === undefined && !mayReopen(context, closed) && meetsManyEntities(context, fold)) {
    part = asManyEntities(fold)
    record = openAlert(context, part.fingerprint)
    closed = record === undefined ? recentlyClosed(context, part) : undefined
  }
  if (record !== undefined) return update(context, record, part, entityKey, changes)
  if (closed !== undefined && mayReopen(context, closed)) return reopen(context, closed, part, entityKey, changes)
  return open(context, part, entityKey, closed?.id ?? null, changes)
}

const recentlyClosed = (context: AlertsContext, fold: MatchFold) => lastClosedAlert(context, fold.fingerprint)

function mayReopen(context: AlertsContext, closed: Alert | undefined): boolean {
  return closed !== undefined && context.clock.now() - (closed.closedAt ?? 0) <= HOUR_MS
}

function open(
  context: AlertsContext,
  fold: MatchFold,
  entityKey: string,
  previous: string | null,
  changes: Touched
): number {
  const now = context.clock.now()
  const seq = nextNumber(context, 'alert')
  const lastSeen = lastSeenOf(fold)
  const trend = newTrend(lastSeen, fold.count)
  // The event that made the rule true: of a sequence or a window the newest, whose way here is compared with its own time.
  const newest = fold.evidence.at(-1)
  const many = fold.entity.key === '' && Object.keys(fold.entity.fields).length === 0
  const record: Alert = {
    seq,
    id: numbered('CB', seq),
    revision: 1,
    fingerprint: fold.fingerprint,
    ruleId: fold.rule.id,
    ruleVersion: fold.rule.version,
    rule: fold.rule,
    level: fold.rule.level,
    levelRank: levels.indexOf(fold.rule.level),
    origin: fold.origin,
    unit: fold.unit,
    senders: withSenders([], fold),
    entityKey: fold.entity.key,
    entity: fold.entity.fields,
    values: fold.values,
    status: 'new',
    verdict: null,
    count: fold.count,
    windowCount: fold.correlated ? fold.count : null,
    windowFirst: fold.correlated ? fold.firstSeen : null,
    windowLast: fold.correlated ? fold.lastSeen : null,
    windowPeak: fold.correlated ? fold.count : null,
    trendStep: trend.step,
    trend: trend.counts,
    hour: Math.floor(fold.receivedAt / HOUR_MS),
    hourCount: fold.count,
    hourPeak: 0,
    archivedPeak: null,
    firstSeen: fold.firstSeen,
    lastSeen: lastSeen,
    // Without events (an outage counts from before it was certain) nothing was collected: the judgement is the event.
    eventAt: newest === undefined ? lastSeen : newest.time,
    receivedAt: newest?.createdAt || fold.receivedAt,
    matchedAt: fold.matchedAt,
    raisedAt: now,
    acknowledgedAt: null,
    closedAt: null,
    assignee: null,
    incidentId: null,
    escalated: false,
    reopened: 0,
    previousId: previous,
    manyEntities: many,
    entities: 1,
    deadline: deadlineFrom(fold.rule.level, now)
  }
  tell(context, { act: 'alert.opened', alert: record.id, unit: record.unit, params: { level: record.level } })
  considerIncident(context, record, true, changes, hostsOf(fold.entity.fields, fold.evidence))
  insertAlert(context, record, changes)
  keepEvidence(context, record, fold.evidence)
  if (many) rememberEntity(context, record, entityKey)
  saveSearchText(context, record)
  wakeAtNewUnit(context, record, changes)
  // A window that went on while its alert was closed begins a new one, but its rule matched those events before.
  return fold.fresh ?? fold.count
}

function update(context: AlertsContext, record: Alert, fold: MatchFold, entityKey: string, changes: Touched): number {
  const before = { level: record.level, status: record.status, incident: record.incidentId }
  const grown = add(context, record, fold, entityKey)
  const rose = takeLevel(context, record, fold)
  if (record.status === 'archived' && escalates(record)) {
    comeBack(context, record, { why: 'volume', count: record.hourCount, peak: record.archivedPeak ?? 1 })
  }
  if (record.incidentId === null) considerIncident(context, record, rose, changes)
  else followAlert(context, record, changes)
  const turned =
    before.level !== record.level || before.status !== record.status || before.incident !== record.incidentId
  if (turned) saveAlert(context, record, changes)
  else saveFigures(context, record, changes)
  return grown
}

function reopen(context: AlertsContext, record: Alert, fold: MatchFold, entityKey: string, changes: Touched): number {
  Object.assign(record, {
    status: 'new',
    verdict: null,
    closedAt: null,
    acknowledgedAt: null,
    assignee: null,
    escalated: true,
    reopened: record.reopened + 1,
    deadline: deadlineFrom(fold.rule.level, context.clock.now())
  } satisfies Partial<Alert>)
  // The greatest window of before was judged with the verdict: the sentence tells what brought the alert back.
  if (fold.correlated) record.windowPeak = null
  const grown = add(context, record, fold, entityKey)
  takeLevel(context, record, fold)
  tell(context, { act: 'alert.reopened', alert: record.id, incident: record.incidentId, unit: record.unit })
  considerIncident(context, record, true, changes)
  backToWork(context, record, changes)
  if (record.incidentId !== null) followAlert(context, record, changes)
  saveAlert(context, record, changes)
  return grown
}

/** What every further fold does to an alert. */
function add(context: AlertsContext, record: Alert, fold: MatchFold, entityKey: string): number {
  const grown = addFold(record, fold)
  record.senders = withSenders(record.senders, fold)
  keepEvidence(context, record, fold.evidence)
  if (record.manyEntities && rememberEntity(context, record, entityKey)) record.entities += 1
  if (toText(fold.values) !== toText(record.values) || fold.rule.version !== record.ruleVersion) {
    record.values = fold.values
    record.ruleVersion = fold.rule.version
    record.rule = fold.rule
    saveSearchText(context, record)
  }
  return grown
}

/** Takes the rule's level of today; true when it rose. A rise shortens the deadline, a fall leaves it. */
function takeLevel(context: AlertsContext, record: Alert, fold: MatchFold): boolean {
  const { level } = fold.rule
  const rank = levels.indexOf(level)
  if (level === record.level) return false
  const rose = rank > record.levelRank
  tell(context, {
    act: 'alert.level',
    alert: record.id,
    incident: record.incidentId,
    unit: record.unit,
    params: { from: record.level, to: level }
  })
  record.level = level
  record.levelRank = rank
  if (rose) record.deadline = earlierDeadline(record.deadline, deadlineFrom(level, context.clock.now()))
  return rose
}

/** An archived alert is on the queue again; its story says why: `volume` or `new_unit`. */
function comeBack(context: AlertsContext, record: Alert, params: Record<string, string | number>) {
  record.status = 'new'
  record.escalated = true
  record.archivedPeak = null
  record.deadline = deadlineFrom(record.level, context.clock.now())
  tell(context, { act: 'alert.escalated', alert: record.id, incident: record.incidentId, unit: record.unit, params })
}

/** An archived alert comes back when the same rule meets the same entity at another unit. */
function wakeAtNewUnit(context: AlertsContext, opened: Alert, changes: Touched) {
  if (opened.entityKey === '') return
  const archived = alertsOf(
    context.control.all<AlertRecord>(
      `SELECT * FROM alerts WHERE entity_key = ? AND rule_id = ? AND origin = ? AND unit <> ? AND status = 'archived' LIMIT 200`,
      opened.entityKey,
      opened.ruleId,
      opened.origin,
      opened.unit
    )
  )
  for (const record of archived) {
    comeBack(context, record, { why: 'new_unit', unit: opened.unit })
    saveAlert(context, record, changes)
  }
}

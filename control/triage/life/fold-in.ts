import { levels, type MatchFold } from '#core/match.ts'
import { insertAlert, lastClosedAlert, openAlert, saveAlert, saveFigures } from '../record/alert-record.ts'
import { type AlertRecord } from '../record/alert.ts'
import { saveSearchText } from '../views/alert-row.ts'
import { HOUR_MS } from '#core/time.ts'
import { nextNumber, numbered, type AlertsContext } from '../record/context.ts'
import { type Changes } from '../record/changes.ts'
import { addFold, escalates, lastSeenOf, withSenders } from './counting.ts'
import { deadlineFrom, earlierDeadline } from './deadlines.ts'
import { keepEvidence } from '../record/evidence.ts'
import { backToWork, considerIncident, followAlert } from './incident-opening.ts'
import { asManyEntities, meetsManyEntities, rememberEntity } from './many-entities.ts'
import { hostsOf } from './outage-incident.ts'
import { tell } from '../record/timeline.ts'
import { newTrend } from './trend.ts'

/*
 * The life of an alert (design §5):
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
export function foldIn(context: AlertsContext, fold: MatchFold, changes: Changes): number {
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

function mayReopen(context: AlertsContext, closed: AlertRecord | undefined): boolean {
  return closed !== undefined && context.clock.now() - (closed.closed_at ?? 0) <= HOUR_MS
}

function open(
  context: AlertsContext,
  fold: MatchFold,
  entityKey: string,
  previous: string | null,
  changes: Changes
): number {
  const now = context.clock.now()
  const seq = nextNumber(context, 'alert')
  const lastSeen = lastSeenOf(fold)
  const trend = newTrend(lastSeen, fold.count)
  const first = fold.evidence[0]
  const many = fold.entity.key === '' && Object.keys(fold.entity.fields).length === 0
  const record: AlertRecord = {
    seq,
    id: numbered('CB', seq),
    revision: 1,
    fingerprint: fold.fingerprint,
    rule_id: fold.rule.id,
    rule_version: fold.rule.version,
    rule: JSON.stringify(fold.rule),
    level: fold.rule.level,
    level_rank: levels.indexOf(fold.rule.level),
    origin: fold.origin,
    unit: fold.unit,
    senders: withSenders('[]', fold),
    entity_key: fold.entity.key,
    entity: JSON.stringify(fold.entity.fields),
    vals: JSON.stringify(fold.values),
    status: 'new',
    verdict: null,
    count: fold.count,
    window_count: fold.correlated ? fold.count : null,
    window_first: fold.correlated ? fold.firstSeen : null,
    window_last: fold.correlated ? fold.lastSeen : null,
    window_peak: fold.correlated ? fold.count : null,
    trend_step: trend.step,
    trend: JSON.stringify(trend.counts),
    hour: Math.floor(fold.receivedAt / HOUR_MS),
    hour_count: fold.count,
    hour_peak: 0,
    archived_peak: null,
    first_seen: fold.firstSeen,
    last_seen: lastSeen,
    event_at: first === undefined ? fold.firstSeen : first.time,
    received_at: first?.createdAt || fold.receivedAt,
    matched_at: fold.matchedAt,
    raised_at: now,
    acknowledged_at: null,
    closed_at: null,
    assignee: null,
    incident_id: null,
    escalated: 0,
    reopened: 0,
    previous_id: previous,
    many_entities: many ? 1 : 0,
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
  return fold.count
}

function update(
  context: AlertsContext,
  record: AlertRecord,
  fold: MatchFold,
  entityKey: string,
  changes: Changes
): number {
  const before = { level: record.level, status: record.status, incident: record.incident_id }
  const grown = add(context, record, fold, entityKey)
  const rose = takeLevel(context, record, fold)
  if (record.status === 'archived' && escalates(record)) {
    comeBack(context, record, { why: 'volume', count: record.hour_count, peak: record.archived_peak ?? 1 })
  }
  if (record.incident_id === null) considerIncident(context, record, rose, changes)
  else followAlert(context, record, changes)
  const turned =
    before.level !== record.level || before.status !== record.status || before.incident !== record.incident_id
  if (turned) saveAlert(context, record, changes)
  else saveFigures(context, record, changes)
  return grown
}

function reopen(
  context: AlertsContext,
  record: AlertRecord,
  fold: MatchFold,
  entityKey: string,
  changes: Changes
): number {
  Object.assign(record, {
    status: 'new',
    verdict: null,
    closed_at: null,
    acknowledged_at: null,
    assignee: null,
    escalated: 1,
    reopened: record.reopened + 1,
    deadline: deadlineFrom(fold.rule.level, context.clock.now())
  } satisfies Partial<AlertRecord>)
  // The greatest window of before was judged with the verdict: the sentence tells what brought the alert back.
  if (fold.correlated) record.window_peak = null
  const grown = add(context, record, fold, entityKey)
  takeLevel(context, record, fold)
  tell(context, { act: 'alert.reopened', alert: record.id, incident: record.incident_id, unit: record.unit })
  considerIncident(context, record, true, changes)
  backToWork(context, record, changes)
  if (record.incident_id !== null) followAlert(context, record, changes)
  saveAlert(context, record, changes)
  return grown
}

/** What every further fold does to an alert. */
function add(context: AlertsContext, record: AlertRecord, fold: MatchFold, entityKey: string): number {
  const grown = addFold(record, fold)
  record.senders = withSenders(record.senders, fold)
  keepEvidence(context, record, fold.evidence)
  if (record.many_entities === 1 && rememberEntity(context, record, entityKey)) record.entities += 1
  const values = JSON.stringify(fold.values)
  if (values !== record.vals || fold.rule.version !== record.rule_version) {
    record.vals = values
    record.rule_version = fold.rule.version
    record.rule = JSON.stringify(fold.rule)
    saveSearchText(context, record)
  }
  return grown
}

/** Takes the rule's level of today; true when it rose. A rise shortens the deadline, a fall leaves it. */
function takeLevel(context: AlertsContext, record: AlertRecord, fold: MatchFold): boolean {
  const { level } = fold.rule
  const rank = levels.indexOf(level)
  if (level === record.level) return false
  const rose = rank > record.level_rank
  tell(context, {
    act: 'alert.level',
    alert: record.id,
    incident: record.incident_id,
    unit: record.unit,
    params: { from: record.level, to: level }
  })
  record.level = level
  record.level_rank = rank
  if (rose) record.deadline = earlierDeadline(record.deadline, deadlineFrom(level, context.clock.now()))
  return rose
}

/** An archived alert is on the queue again; its story says why: `volume` or `new_unit`. */
function comeBack(context: AlertsContext, record: AlertRecord, params: Record<string, string | number>) {
  record.status = 'new'
  record.escalated = 1
  record.archived_peak = null
  record.deadline = deadlineFrom(record.level, context.clock.now())
  tell(context, { act: 'alert.escalated', alert: record.id, incident: record.incident_id, unit: record.unit, params })
}

/** An archived alert comes back when the same rule meets the same entity at another unit. */
function wakeAtNewUnit(context: AlertsContext, opened: AlertRecord, changes: Changes) {
  if (opened.entity_key === '') return
  const archived = context.control
    .sql(
      `SELECT * FROM alerts WHERE entity_key = ? AND rule_id = ? AND origin = ? AND unit <> ? AND status = 'archived' LIMIT 200`
    )
    .all(opened.entity_key, opened.rule_id, opened.origin, opened.unit) as AlertRecord[]
  for (const record of archived) {
    comeBack(context, record, { why: 'new_unit', unit: opened.unit })
    saveAlert(context, record, changes)
  }
}

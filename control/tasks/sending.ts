import type { UnitRef } from '#core/api/common.ts'
import type { TaskDraft, TaskSuggestion } from '#core/api/tasks.ts'
import type { NotFoundNoun } from '#core/codes.ts'
import { notFound, SocError } from '#core/errors.ts'
import { levels, type Bilingual, type Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import type { Actor } from '#control/rights/actor.ts'
import { adviceFor, isIntrusion, type Advised } from './advice.ts'
import { unitMessage } from './message.ts'
import { contactsOf, taskById, type TaskRecord } from './record.ts'
import { startRound } from './reminders.ts'
import { enter, writeToUnit, type TaskContext } from './telling.ts'
import { taskDeadline } from './working-days.ts'

/** A deadline nobody can meet, and one nobody remembers. */
const MIN_DEADLINE_MS = 5 * 60_000
const MAX_DEADLINE_MS = 60 * DAY_MS
/** Open tasks of the province. At the ceiling new ones are refused: nobody follows that many. */
const MAX_OPEN = 5_000
const TWICE_MS = 60_000
/** Alerts of an incident that its task takes along. */
const MAX_ALERTS = 50
/** Alerts whose rules and sentences a suggestion reads. */
const MAX_READ = 10

/** What a request is about. */
export type About = { alerts: readonly string[]; incident: string | null }
type Facts = {
  alerts: string[]
  origin: Origin
  level: Level
  units: UnitRef[]
  title: Bilingual
  what: Bilingual
  advised: Advised[]
}

/** Reads alerts and incident; throws 404 for what does not exist and 409 for a mix of origins. */
export function factsOf(context: TaskContext, about: About): Facts {
  const incident = about.incident === null ? undefined : context.alerts.incident(about.incident)
  if (about.incident !== null && incident === undefined) throw notFound('incident', about.incident)
  // Only some are read below: what an intruder did is among them before an outage, and the grave before the light.
  const own = (incident?.alerts.filter((alert) => alert.status !== 'closed') ?? [])
    .sort((a, b) => gravity(b) - gravity(a))
    .map((alert) => alert.id)
  const ids = [...new Set(about.alerts.length > 0 ? about.alerts : own)].slice(0, MAX_ALERTS)
  const details = ids.slice(0, MAX_READ).map((id) => context.alerts.detail(id) ?? missing('alert', id))
  const rows = [...details.map((detail) => detail.alert), ...(incident === undefined ? [] : [incident.incident])]
  const [first] = rows
  if (first === undefined)
    throw new SocError('task.about_nothing', 'a task is about an alert or an incident', { status: 422 })
  if (rows.some((row) => row.origin !== first.origin))
    throw new SocError('incident.origins', 'different origins never mix', { status: 409 })
  const sentences = details.slice(0, 3).map((detail) => detail.alert.sentence)
  const units = [...details.map((detail) => detail.alert.unit), ...(incident?.incident.units ?? [])]
  return {
    alerts: ids,
    origin: first.origin,
    level: rows.reduce<Level>(
      (worst, { level }) => (levels.indexOf(level) > levels.indexOf(worst) ? level : worst),
      'informational'
    ),
    units: units.filter((unit, at) => units.findIndex(({ code }) => code === unit.code) === at),
    // An incident that is called by its alert's sentence would say it twice.
    title: incident === undefined || says(sentences, incident.incident.title) ? first.title : incident.incident.title,
    what: sentences.length === 0 ? first.title : joined(sentences),
    advised: details.map(({ alert, rule }) => ({ ruleId: rule.id, level: alert.level, tags: rule.tags }))
  }
}

const gravity = ({ ruleId, level }: { ruleId: string; level: Level }) =>
  (isIntrusion(ruleId) ? levels.length : 0) + levels.indexOf(level)
const joined = (texts: readonly Bilingual[]): Bilingual => ({
  vi: texts.map(({ vi }) => ended(vi)).join(' '),
  en: texts.map(({ en }) => ended(en)).join(' ')
})
const says = (sentences: readonly Bilingual[], title: Bilingual) => sentences.some(({ vi }) => vi === title.vi)
const ended = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`)

function missing(noun: NotFoundNoun, id: string): never {
  throw notFound(noun, id)
}

const cut = (text: Bilingual, length: number): Bilingual => ({
  vi: text.vi.slice(0, length),
  en: text.en.slice(0, length)
})

/** A request ready to be sent: words from the alerts, steps by their rules, deadline by severity, the first contact. */
export function suggest(context: TaskContext, about: About, unit?: string): TaskSuggestion {
  const facts = factsOf(context, about)
  const asked = unit ?? facts.units[0]?.code ?? ''
  const contacts = contactsOf(context, asked)
  const deadline = taskDeadline(facts.level, context.clock.now())
  return {
    draft: {
      unit: asked,
      alerts: facts.alerts,
      incident: about.incident,
      title: cut(facts.title, 200),
      what: cut(facts.what, 2000),
      steps: adviceFor(context.advice, facts.advised),
      deadline,
      contact: contacts[0]?.id ?? null
    },
    origin: facts.origin,
    level: facts.level,
    units: facts.units,
    contacts,
    message: unitMessage('sent', { id: 'NV-…', level: facts.level, deadline, unit: context.inventory.label(asked) })
  }
}

/** Writes the task, its link, its message and its story in the caller's transaction, and lets its alerts wait. */
export function send(context: TaskContext, draft: TaskDraft, by: Actor): TaskRecord {
  const { control, clock, alerts, inventory } = context
  const facts = factsOf(context, draft)
  if (inventory.unit(draft.unit) === undefined)
    throw new SocError('unit.unknown', 'the inventory has no such unit', { status: 422, params: { unit: draft.unit } })
  const now = clock.now()
  checkDeadline(draft.deadline, now)
  const contact = contactsOf(context, draft.unit).find(({ id }) => id === draft.contact)
  if (draft.contact !== null && contact === undefined)
    throw new SocError('task.contact_unknown', 'the unit has no such contact', { status: 422 })
  const before = pressedTwice(context, draft, facts.alerts, by)
  if (before !== undefined) return before
  const { open } = control.single<{ open: number }>('SELECT count(*) AS open FROM tasks WHERE ended_at IS NULL')
  if (open >= MAX_OPEN) throw new SocError('task.too_many_open', 'too many open tasks', { status: 409 })
  const seq = nextNumber(context)
  const id = `NV-${String(seq).padStart(4, '0')}`
  // An incident is what is worked on: a task about alerts that stand in one belongs to it.
  const incident = draft.incident ?? alerts.detail(facts.alerts[0]!)?.alert.incident ?? null
  control
    .sql(
      `INSERT INTO tasks (seq, id, revision, unit, origin, level, title, what, steps, state, incident_id, contact_id,
         contact_name, contact_role, created_at, created_by, last_at, deadline, round, round_at, step)
       VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, 'sent', ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0)`
    )
    .run(
      seq,
      id,
      draft.unit,
      facts.origin,
      facts.level,
      JSON.stringify(draft.title),
      JSON.stringify(draft.what),
      JSON.stringify(draft.steps),
      incident,
      contact?.id ?? null,
      contact?.name ?? '',
      contact?.role ?? '',
      now,
      by.id,
      now,
      draft.deadline,
      now
    )
  facts.alerts.forEach((alert, place) =>
    control.sql('INSERT INTO task_alerts (task_id, alert_id, place) VALUES (?, ?, ?)').run(id, alert, place)
  )
  const record = taskById(context, id)!
  startRound(record, now, draft.deadline)
  enter(context, record, { kind: 'sent', by: socOf(by), text: draft.title.vi, params: { deadline: draft.deadline } })
  letWait(context, record, by)
  writeToUnit(context, record, 'sent', record.round)
  return record
}

/** The same words to the same unit about the same alerts, by the same person within a minute, are a button pressed twice. */
function pressedTwice(
  context: TaskContext,
  draft: TaskDraft,
  alerts: readonly string[],
  by: Actor
): TaskRecord | undefined {
  const row = context.control.get<{ id: string }>(
    `SELECT id FROM tasks WHERE unit = ? AND created_by = ? AND created_at > ? AND ended_at IS NULL AND title = ? AND what = ?
       AND (SELECT json_group_array(alert_id) FROM (SELECT alert_id FROM task_alerts WHERE task_id = tasks.id ORDER BY place)) = ?`,
    draft.unit,
    by.id,
    context.clock.now() - TWICE_MS,
    JSON.stringify(draft.title),
    JSON.stringify(draft.what),
    JSON.stringify(alerts)
  )
  return row && taskById(context, row.id)
}

export const socOf = (by: Actor) => ({ side: 'soc' as const, name: by.name, user: by })

/** Refuses a deadline that is over, or too far away to be one. */
export function checkDeadline(deadline: number, now: number): void {
  if (!(deadline >= now + MIN_DEADLINE_MS && deadline <= now + MAX_DEADLINE_MS))
    throw new SocError('task.deadline', 'the deadline must lie between 5 minutes and 60 days from now', { status: 422 })
}

/** Alerts and incident wait for the unit from now on. */
export function letWait(context: TaskContext, record: TaskRecord, by: Actor): void {
  const rows = context.control.all<{ alert_id: string }>(
    'SELECT alert_id FROM task_alerts WHERE task_id = ? ORDER BY place',
    record.id
  )
  const known = context.alerts.unitsOf(rows.map((row) => row.alert_id))
  if (known.size > 0) context.alerts.act({ ids: [...known.keys()], act: { kind: 'wait' } }, by)
  const incident = record.incident_id === null ? undefined : context.alerts.incident(record.incident_id)?.incident
  if (incident !== undefined && (incident.status === 'new' || incident.status === 'in_progress'))
    context.alerts.actOnIncident(incident.id, { kind: 'status', status: 'waiting' }, by)
}

/** Numbers are never used twice, also after a demonstration was deleted. */
function nextNumber({ control }: TaskContext): number {
  const row = control.single<{ value: string }>(
    `INSERT INTO meta (key, value) VALUES ('number.task', '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`
  )
  return Number(row.value)
}

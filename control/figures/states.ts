import type { Verdict } from '#core/api/alerts.ts'
import type { Bilingual, Level } from '#core/match.ts'
import type { Reads } from '#control/database/reads.ts'

/*
 * How alerts and incidents stood at a moment, told again from what is never changed: the openings and the append-only
 * timeline. The rows' own columns say how they are today, and a finished period must not follow them.
 */

/** How an alert stood after each turn; an undo takes the newest one away. */
type Turn = {
  standing: 'open' | 'archived' | 'closed'
  verdict: Verdict | null
  /** Somebody has it; kept while it is archived or closed. */
  assigned: boolean
  /** Open and nobody has taken it up since it was raised or came back. */
  untaken: boolean
}

export type AlertState = {
  seq: number
  id: string
  unit: string
  ruleId: string
  title: Bilingual
  tags: string[]
  raisedAt: number
  receivedAt: number
  level: Level
  turns: Turn[]
  /** Incidents it was put into, newest last; null: into none. */
  memberships: (string | null)[]
}

export type IncidentState = {
  id: string
  reason: string
  openedAt: number
  level: Level
  status: string
  /** Moment of the closing that still held. */
  closedAt: number | null
  mergedInto: string | null
  /** Closed by itself because every alert had left it. */
  emptied: boolean
}

/** Alerts and incidents of one origin as they stood at `at`. */
export type States = {
  at: number
  alerts: Map<string, AlertState>
  incidents: Map<string, IncidentState>
  merges: Map<string, { status: string; alerts: AlertState[] }>
}

type Entry = {
  at: number
  act: string
  alert_id: string | null
  incident_id: string | null
  user_id: string | null
  params: string
}
type Params = Record<string, string | number>
type AlertRow = Omit<AlertState, 'title' | 'tags' | 'turns' | 'memberships'> & { title: string; tags: string }
type IncidentRow = Pick<IncidentState, 'id' | 'reason' | 'openedAt' | 'level'>

/** The states at each of these moments, in one pass over the timeline. */
export function statesAt(database: Reads, origin: string, moments: readonly number[]): States[] {
  const latest = Math.max(...moments)
  const all = moments.map((at): States => ({ at, alerts: new Map(), incidents: new Map(), merges: new Map() }))
  const alerts = database.each<AlertRow>(
    `SELECT seq, id, unit, rule_id AS ruleId, title, tags, raised_at AS raisedAt, received_at AS receivedAt, level
     FROM alert_openings WHERE origin = ? AND raised_at < ? ORDER BY raised_at, seq`,
    origin,
    latest
  )
  for (const row of alerts) {
    const title = JSON.parse(row.title) as Bilingual
    const tags = JSON.parse(row.tags) as string[]
    for (const states of all)
      if (row.raisedAt < states.at)
        states.alerts.set(row.id, {
          ...row,
          title,
          tags,
          turns: [{ standing: 'open', verdict: null, assigned: false, untaken: true }],
          memberships: [null]
        })
  }
  const incidents = database.each<IncidentRow>(
    'SELECT id, reason, opened_at AS openedAt, level FROM incidents WHERE origin = ? AND opened_at < ? ORDER BY seq',
    origin,
    latest
  )
  for (const row of incidents)
    for (const states of all)
      if (row.openedAt < states.at)
        states.incidents.set(row.id, { ...row, status: 'new', closedAt: null, mergedInto: null, emptied: false })
  const entries = database.each<Entry>(
    `SELECT at, act, alert_id, incident_id, user_id, params FROM timeline
     WHERE at < ? AND (act GLOB 'alert.*' OR act GLOB 'incident.*') ORDER BY id`,
    latest
  )
  for (const entry of entries) {
    if (!Object.hasOwn(turns, entry.act)) continue
    const turn = turns[entry.act]!
    const params = entry.params === '{}' ? {} : (JSON.parse(entry.params) as Params)
    for (const states of all) if (entry.at < states.at) turn(states, entry, params)
  }
  return all
}

/** The incident an alert belonged to. */
export const incidentOf = (alert: AlertState): string | null => alert.memberships.at(-1) ?? null
/** How an alert stood. */
export const standingOf = (alert: AlertState): Turn =>
  alert.turns.at(-1) ?? { standing: 'open', verdict: null, assigned: false, untaken: true }

type Apply = (states: States, entry: Entry, params: Params) => void

const alertTurn =
  (turnOf: (before: Turn, entry: Entry, params: Params) => Turn): Apply =>
  (states, entry, params) => {
    const alert = states.alerts.get(entry.alert_id ?? '')
    alert?.turns.push(turnOf(standingOf(alert), entry, params))
  }
const taken = alertTurn(() => ({ standing: 'open', verdict: null, assigned: true, untaken: false }))
const closed = (verdict: (params: Params) => Verdict) =>
  alertTurn(({ assigned }, entry, params) => ({
    standing: 'closed',
    verdict: verdict(params),
    assigned: assigned || entry.user_id !== null,
    untaken: false
  }))

/** Acts of the timeline that change how something stands; every other entry is a remark. */
const turns: Readonly<Record<string, Apply>> = {
  'alert.acknowledged': taken,
  'alert.assigned': taken,
  'alert.waiting': taken,
  // By hand it goes back to whoever had it; by a new match to nobody.
  'alert.reopened': alertTurn((before, entry) => {
    const assigned = before.assigned && entry.user_id !== null
    return { standing: 'open', verdict: null, assigned, untaken: !assigned }
  }),
  'alert.escalated': alertTurn(({ assigned }) => ({ standing: 'open', verdict: null, assigned, untaken: true })),
  'alert.archived': alertTurn(({ assigned }) => ({ standing: 'archived', verdict: null, assigned, untaken: false })),
  'alert.verdict': closed((params) => params['verdict'] as Verdict),
  'alert.recovered': closed(() => 'true_positive'),
  'alert.level'(states, entry, params) {
    const alert = states.alerts.get(entry.alert_id ?? '')
    if (alert !== undefined) alert.level = params['to'] as Level
  },
  'alert.undone'(states, entry, params) {
    const alert = states.alerts.get(entry.alert_id ?? '')
    if (alert === undefined || params['act'] === 'note') return
    if (params['act'] !== 'merge') {
      if (alert.turns.length > 1) alert.turns.pop()
      return
    }
    if (alert.memberships.length > 1) alert.memberships.pop()
    const back = states.incidents.get(incidentOf(alert) ?? '')
    // It had closed only because nothing was left in it.
    if (back?.emptied) Object.assign(back, { status: 'in_progress', closedAt: null, emptied: false })
  },
  'incident.alert_joined'(states, entry) {
    states.alerts.get(entry.alert_id ?? '')?.memberships.push(entry.incident_id)
  },
  'incident.alert_left'(states, entry, params) {
    // With a goal, the joining of the other incident follows.
    if (params['to'] === '') states.alerts.get(entry.alert_id ?? '')?.memberships.push(null)
  },
  'incident.assigned'(states, entry, params) {
    const incident = states.incidents.get(entry.incident_id ?? '')
    if (incident?.status === 'new' && params['user'] !== '') incident.status = 'in_progress'
  },
  'incident.status'(states, entry, params) {
    setStatus(states.incidents.get(entry.incident_id ?? ''), String(params['to']), entry.at)
  },
  'incident.reopened'(states, entry) {
    setStatus(states.incidents.get(entry.incident_id ?? ''), 'new', entry.at)
  },
  'incident.emptied'(states, entry) {
    const incident = states.incidents.get(entry.incident_id ?? '')
    setStatus(incident, 'closed', entry.at)
    if (incident !== undefined) incident.emptied = true
  },
  // Both incidents have an entry of a merge; that of the one which goes is taken.
  'incident.merged'(states, entry, params) {
    const incident = states.incidents.get(entry.incident_id ?? '')
    if (incident === undefined || incident.id !== params['from']) return
    const into = String(params['into'])
    const moved = [...states.alerts.values()].filter((alert) => incidentOf(alert) === incident.id)
    for (const alert of moved) alert.memberships[alert.memberships.length - 1] = into
    states.merges.set(incident.id, { status: incident.status, alerts: moved })
    setStatus(incident, 'closed', incident.closedAt ?? entry.at)
    incident.mergedInto = into
  },
  'incident.unmerged'(states, entry, params) {
    const incident = states.incidents.get(entry.incident_id ?? '')
    const merge = states.merges.get(entry.incident_id ?? '')
    if (incident === undefined || merge === undefined || incident.id !== params['from']) return
    for (const alert of merge.alerts)
      if (incidentOf(alert) === incident.mergedInto) alert.memberships[alert.memberships.length - 1] = incident.id
    incident.mergedInto = null
    setStatus(incident, merge.status, incident.closedAt ?? entry.at)
  }
}

function setStatus(incident: IncidentState | undefined, status: string, at: number) {
  if (incident === undefined) return
  incident.closedAt = status === 'closed' ? at : null
  incident.status = status
  incident.emptied = false
}

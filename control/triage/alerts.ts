export type { Changed } from './record/touched.ts'
import type {
  AlertAct,
  AlertActAnswer,
  AlertDetail,
  AlertList,
  IncidentAct,
  IncidentDetail,
  IncidentRow
} from '#core/api/alerts.ts'
import type { MatchBatch, MatchFold } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { actOnAlerts } from './acts/alert-acts.ts'
import { hasOpenAlert, incidentOfAlert, lastValuesOf, openAlert } from './record/alert-record.ts'
import { alertDetail, listAlerts, openByUnit, tabCounts, unitsOf, type OpenAtUnit } from './views/alert-queries.ts'
import { HOUR_MS } from '#core/time.ts'
import { refuse } from '#core/errors.ts'
import { type AlertsContext } from './record/context.ts'
import { nothingTouched, type Changed, type Touched, type MadeRows, type TurnKind } from './record/touched.ts'
import { type Actor } from '#control/rights/actor.ts'
import { type Scope } from '#control/rights/scope.ts'
import { deleteDemonstration } from './record/demonstration.ts'
import { foldIn } from './life/fold-in.ts'
import { actOnIncident } from './acts/incident-acts.ts'
import {
  countOpenIncidents,
  incidentDetail,
  listIncidents,
  type IncidentFilter,
  type IncidentList
} from './views/incident-queries.ts'
import { incidentWithin, type IncidentPart } from './views/incident-within.ts'
import { alertRow, withName } from './views/alert-row.ts'
import { changedOf, makeRows } from './views/made-rows.ts'
import { resolveAlert, tellOf, type TimelineEntry } from './acts/from-other-parts.ts'
import { giveBack, type GivenBack } from './acts/given-back.ts'
import { advance, positionOf, type DetectorPosition } from './record/position.ts'
import type { AlertFilter } from './views/queue-filter.ts'
import { countForRule, forgetOldHours } from './record/rule-hours.ts'

/** What may be announced, said inside the transaction that made it so. */
export type Turn = { kind: TurnKind; incident: IncidentRow; /** Of `merged`: where its work goes on. */ into?: string }

/**
 * Alerts and incidents of the control plane: the only writer of their tables. Rows are unmasked and rights are not
 * asked here; the console's server does both. Refusals are `SocError`s with a 4xx status.
 */
export type Alerts = {
  /** Takes a judged range of the spool, exactly once: matches, position and checkpoint in one transaction. */
  commit(batch: MatchBatch, spoolId: string): Changed
  /** An alert of the platform itself (`soc.*`), see built-in.ts. */
  raise(fold: MatchFold): Changed
  /**
   * What raised a built-in alert is over: its open alert of this fingerprint is closed by the platform as true, with an entry
   * `alert.recovered`; its incident stays for people, in `review` when nothing else in it is open. Nothing when none is open.
   */
  resolve(fingerprint: string, params: Record<string, string | number>): Changed
  /** Writes an entry of another part into a story; the row's revision grows. Unknown ids throw 404. Joins a transaction. */
  tell(entry: TimelineEntry): void
  /** A unit has answered: what waited for it comes back to its analyst, escalated. Joins a transaction. */
  giveBack(givenBack: GivenBack): void
  /** The alert of this fingerprint that is not closed, with its incident. */
  alertOf(fingerprint: string): { alert: string; incident: string | null } | undefined
  /** The incident that holds an alert now, open or closed; undefined when there is no such alert. */
  incidentOf(alert: string): string | null | undefined
  /** Whether this fingerprint has an alert that is not closed; an archived one counts. */
  hasOpen(fingerprint: string): boolean
  /** The values (`MatchFold.values`) that the newest alert of this fingerprint was last given, open or closed. */
  lastValues(fingerprint: string): Record<string, string> | undefined
  /** How far this spool is committed; offset -1 before its first commit. */
  position(spoolId: string, partition?: number): DetectorPosition
  list(filter: AlertFilter): AlertList
  detail(id: string, scope?: Scope): AlertDetail | undefined
  act(act: AlertAct, actor: Actor): AlertActAnswer
  incidents(filter: IncidentFilter): IncidentList
  incident(id: string): IncidentDetail | undefined
  /** An incident's header as a scope may see it. */
  incidentWithin(row: IncidentRow, scope: Scope): IncidentPart | undefined
  actOnIncident(id: string, act: IncidentAct, actor: Actor): IncidentDetail
  unitsOf(ids: readonly string[]): Map<string, string>
  summary(scope: Scope, userId: string): { newAlerts: number; mine: number; openIncidents: number }
  openByUnit(origin: Origin): Map<string, OpenAtUnit>
  endDemonstration(): { alerts: number; incidents: number }
}

/**
 * Alerts on an open control database. `onChange` hears every committed change, whoever made it, after its
 * transaction; deletions are not among them. `within` runs inside the transaction of each batch that advances the position: what
 * else is counted with it. `onTurn` hears inside the transaction what an incident went through: for the outbox.
 */
export function createAlerts(
  parts: AlertsContext & {
    onChange?(changed: Changed): void
    within?(batch: MatchBatch): void
    onTurn?(turn: Turn): void
  }
): Alerts {
  const context: AlertsContext = { control: parts.control, inventory: parts.inventory, clock: parts.clock }
  let hoursForgottenAt = -Infinity

  /** Runs `work` in one transaction and makes each row it changed once: `onChange` gets them, and `answer` may use them. */
  function change<T, A>(work: (changes: Touched) => T, answer: (result: T, made: MadeRows) => A): A {
    const changes = nothingTouched()
    return context.control.transaction(() => {
      const result = work(changes)
      const made = makeRows(context, changes)
      if (parts.onTurn !== undefined) {
        for (const incident of made.incidents.values()) {
          const into = changes.mergedInto.get(incident.id)
          for (const kind of changes.turns.get(incident.id) ?? [])
            parts.onTurn({ kind, incident, ...(into === undefined ? {} : { into }) })
        }
      }
      if (made.alerts.size > 0 || made.incidents.size > 0) {
        context.control.afterCommit(() => parts.onChange?.(changedOf(made)))
      }
      return answer(result, made)
    })
  }
  const changed = (work: (changes: Touched) => void): Changed => change(work, (_done, made) => changedOf(made))

  function take(fold: MatchFold, changes: Touched) {
    countForRule(context, fold, foldIn(context, fold, changes))
  }

  return {
    commit(batch, spoolId) {
      return changed((changes) => {
        if (!advance(context, batch, spoolId)) return
        for (const fold of batch.folds) take(fold, changes)
        parts.within?.(batch)
        if (context.clock.now() - hoursForgottenAt >= HOUR_MS) {
          hoursForgottenAt = context.clock.now()
          forgetOldHours(context)
        }
      })
    },
    raise(fold) {
      return changed((changes) => take(fold, changes))
    },
    resolve(fingerprint, params) {
      return changed((changes) => resolveAlert(context, fingerprint, params, changes))
    },
    tell(entry) {
      changed((changes) => tellOf(context, entry, changes))
    },
    giveBack(givenBack) {
      changed((changes) => giveBack(context, givenBack, changes))
    },
    alertOf(fingerprint) {
      const record = openAlert(context, fingerprint)
      return record && { alert: record.id, incident: record.incidentId }
    },
    incidentOf: (alert) => incidentOfAlert(context, alert),
    hasOpen: (fingerprint) => hasOpenAlert(context, fingerprint),
    lastValues: (fingerprint) => lastValuesOf(context, fingerprint),
    position: (spoolId, partition = 0) => positionOf(context, spoolId, partition),
    list: (filter) => listAlerts(context, filter),
    detail: (id, scope) => alertDetail(context, id, scope),
    act(act, actor) {
      return change(
        (changes) => actOnAlerts(context, act, actor, changes),
        ({ alerts, incident, deed, skipped }, made) => ({
          alerts: alerts
            .sort((a, b) => a.seq - b.seq)
            .map((alert) => made.alerts.get(alert.seq) ?? alertRow(context, withName(context, alert))),
          incident,
          ...(deed === undefined ? {} : { deed }),
          ...(skipped === undefined ? {} : { skipped })
        })
      )
    },
    incidents: (filter) => listIncidents(context, filter),
    incident: (id) => incidentDetail(context, id),
    incidentWithin: (row, scope) => incidentWithin(context, row, scope),
    actOnIncident(id, act, actor) {
      return change(
        (changes) => actOnIncident(context, id, act, actor, changes),
        (_result, made) =>
          incidentDetail(context, id, made) ?? refuse(404, 'incident.unknown', `there is no incident ${id}`, { id })
      )
    },
    unitsOf: (ids) => unitsOf(context, ids),
    summary(scope, userId) {
      const counts = tabCounts(context, scope, userId)
      return { newAlerts: counts.new, mine: counts.mine, openIncidents: countOpenIncidents(context, scope) }
    },
    openByUnit: (origin) => openByUnit(context, origin),
    endDemonstration: () => context.control.transaction(() => deleteDemonstration(context))
  }
}

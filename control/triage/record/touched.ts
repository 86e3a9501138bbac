import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Alert } from './alert.ts'

/** Turns in the life of an incident that people hear of; `taken`: somebody works on it, nobody else need be woken. */
export type TurnKind = 'opened' | 'raised' | 'taken' | 'closed' | 'reopened'

/** What one transaction changed: alerts by seq with their newest record, incidents by id, and the turns of incidents. */
export type Touched = {
  alerts: Map<number, Alert>
  incidents: Set<string>
  turns: Map<string, Set<TurnKind>>
}

/** Rows that a change touched, unmasked, each made once and as it is after the change: alerts by seq, incidents by id. */
export type MadeRows = { alerts: ReadonlyMap<number, AlertRow>; incidents: ReadonlyMap<string, IncidentRow> }

/** The same as lists: what is announced of a committed change. */
export type Changed = { alerts: AlertRow[]; incidents: IncidentRow[] }

export const nothingTouched = (): Touched => ({ alerts: new Map(), incidents: new Set(), turns: new Map() })

/** Notes a turn of an incident; one that opened in this transaction is not noted as raised too. */
export function noteTurn(changes: Touched, incident: string, kind: TurnKind): void {
  const kinds = changes.turns.get(incident) ?? new Set()
  changes.turns.set(incident, kinds)
  if (kind !== 'raised' || !kinds.has('opened')) kinds.add(kind)
}

/** Takes back a turn that people do not hear of: it was a step of something else. */
export function withdrawTurn(changes: Touched, incident: string, kind: TurnKind): void {
  changes.turns.get(incident)?.delete(kind)
}

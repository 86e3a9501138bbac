import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Alert } from './alert.ts'

/** Turns in the life of an incident that people hear of; `taken`: somebody works on it, nobody else need be woken. */
export type TurnKind =
  'opened' | 'raised' | 'taken' | 'closed' | 'reopened' | 'again' | 'recovered' | 'merged' | 'unmerged'

/** Turns that tell a level already: a rise in the same transaction is not told beside them. */
const beginnings: readonly TurnKind[] = ['opened', 'again', 'reopened']

/** What one transaction changed: alerts by seq with their newest record, incidents by id, and the turns of incidents. */
export type Touched = {
  alerts: Map<number, Alert>
  incidents: Set<string>
  turns: Map<string, Set<TurnKind>>
  /** Where incidents went that were merged in this transaction. */
  mergedInto: Map<string, string>
}

/** Rows that a change touched, unmasked, each made once and as it is after the change: alerts by seq, incidents by id. */
export type MadeRows = { alerts: ReadonlyMap<number, AlertRow>; incidents: ReadonlyMap<string, IncidentRow> }

/** The same as lists: what is announced of a committed change. */
export type Changed = { alerts: AlertRow[]; incidents: IncidentRow[] }

export const nothingTouched = (): Touched => ({
  alerts: new Map(),
  incidents: new Set(),
  turns: new Map(),
  mergedInto: new Map()
})

/** Notes a turn of an incident; one that opened, or came back, in this transaction is not noted as raised too. */
export function noteTurn(changes: Touched, incident: string, kind: TurnKind): void {
  const kinds = changes.turns.get(incident) ?? new Set()
  changes.turns.set(incident, kinds)
  if (kind !== 'raised' || !beginnings.some((beginning) => kinds.has(beginning))) kinds.add(kind)
  if (beginnings.includes(kind)) kinds.delete('raised')
}

/** Takes back a turn that people do not hear of: it was a step of something else. */
export function withdrawTurn(changes: Touched, incident: string, kind: TurnKind): void {
  changes.turns.get(incident)?.delete(kind)
}

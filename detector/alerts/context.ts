import type { Clock } from '#core/clock.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#store/control/control.ts'
import type { AlertRecord } from './alert-record.ts'

/** What everything here stands on. */
export type AlertsContext = { control: Control; inventory: Inventory; clock: Clock }

/** Who acts, as the story of an alert names it; undefined where the platform itself acts. */
export type Actor = { id: string; name: string }

/** Units someone may see, subtrees included; undefined stands for the whole province, the empty set for nothing. */
export type Scope = ReadonlySet<string> | undefined

export const HOUR_MS = 3_600_000

/** Turns in the life of an incident that people are told of; `taken`: somebody works on it, nobody else need be woken. */
export type HappeningKind = 'opened' | 'raised' | 'taken' | 'closed' | 'reopened'

/** What one transaction changed: alerts by seq with their newest record, incidents by id, and the turns of incidents. */
export type Changes = {
  alerts: Map<number, AlertRecord>
  incidents: Set<string>
  happenings: Map<string, Set<HappeningKind>>
}

export const noChanges = (): Changes => ({ alerts: new Map(), incidents: new Set(), happenings: new Map() })

/** Notes a turn of an incident; one that opened in this transaction is not also told to have been raised. */
export function happened(changes: Changes, incident: string, kind: HappeningKind): void {
  const kinds = changes.happenings.get(incident) ?? new Set()
  changes.happenings.set(incident, kinds)
  if (kind !== 'raised' || !kinds.has('opened')) kinds.add(kind)
}

/** Takes back a turn that people are not to be told of: it was a step of something else. */
export function unsaid(changes: Changes, incident: string, kind: HappeningKind): void {
  changes.happenings.get(incident)?.delete(kind)
}

/** The next number of a series; numbers are never used twice, also after a demonstration was deleted. */
export function nextNumber(context: AlertsContext, series: 'alert' | 'incident'): number {
  const row = context.control
    .sql(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`
    )
    .get(`number.${series}`) as { value: string }
  return Number(row.value)
}

/** `CB-0001` (cảnh báo) and `VL-0001` (Vọng Lâu). */
export const numbered = (prefix: 'CB' | 'VL', number: number): string => `${prefix}-${String(number).padStart(4, '0')}`

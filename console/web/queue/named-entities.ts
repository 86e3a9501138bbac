import type { AlertRow } from '#core/api/alerts.ts'

/** Fields in which our own rules keep the identifier of what their sentence calls by name. */
const identifiers: ReadonlySet<string> = new Set(['service.name', 'soc.sender'])

/** What an alert is about, as a person calls it: an identifier whose name stands in the sentence is not said again. */
export function namedEntities(alert: Pick<AlertRow, 'ruleId' | 'entity'>): AlertRow['entity'] {
  if (!alert.ruleId.startsWith('soc.')) return alert.entity
  return alert.entity.filter(({ field }) => !identifiers.has(field))
}

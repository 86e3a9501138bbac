import type { AlertRow } from '#core/api/alerts.ts'
import { foldText } from '#core/fold.ts'
import type { Bilingual } from '#core/match.ts'
import { fromRow, type Alert, type AlertRecord } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { hourlyToReturn, peakOf } from '../life/counting.ts'
import { words } from '../words.ts'
import { fillSentence } from './sentence.ts'

/** An alert with the assignee's name: what {@link alertRow} needs. */
export type NamedAlert = Alert & { assigneeName: string | null }

/** Columns and joins of {@link namedAlert}. */
export const selectAlerts = `SELECT a.*, u.name AS assignee_name FROM alerts a LEFT JOIN users u ON u.id = a.assignee`

/** One row of {@link selectAlerts}. */
export type NamedAlertRecord = AlertRecord & { assignee_name: string | null }

/** The alert of one row of {@link selectAlerts}. */
export function namedAlert(record: NamedAlertRecord): NamedAlert {
  return Object.assign(fromRow(record), { assigneeName: record.assignee_name })
}

/** The same for an alert in hand. */
export function withName(context: AlertsContext, alert: Alert): NamedAlert {
  if (alert.assignee === null) return { ...alert, assigneeName: null }
  const user = context.control.get<{ name: string }>('SELECT name FROM users WHERE id = ?', alert.assignee)
  return { ...alert, assigneeName: user?.name ?? null }
}

/**
 * An alert as the API shows it, unmasked. Its `count` is every match so far, for a correlation "at least" (see
 * `addFold`); the sentence of a correlation names the greatest count of one window, never more than that.
 */
export function alertRow(context: AlertsContext, record: NamedAlert): AlertRow {
  const { rule, entity } = record
  return {
    id: record.id,
    revision: record.revision,
    ruleId: record.ruleId,
    title: rule.title,
    sentence: sentenceOf(record, record.windowPeak ?? record.count),
    level: record.level,
    origin: record.origin,
    status: record.status,
    verdict: record.verdict,
    unit: context.inventory.label(record.unit),
    entity: Object.entries(entity).map(([field, value]) => ({ field, value })),
    count: record.count,
    trend: [...record.trend],
    firstSeen: record.firstSeen,
    lastSeen: record.lastSeen,
    raisedAt: record.raisedAt,
    assignee: record.assignee === null ? null : { id: record.assignee, name: record.assigneeName ?? record.assignee },
    incident: record.incidentId,
    escalated: record.escalated,
    reopened: record.reopened,
    deadline: record.deadline,
    returnsAt: record.status === 'archived' ? hourlyToReturn(record.archivedPeak) : hourlyToReturn(peakOf(record))
  }
}

function sentenceOf(record: Alert, count: number | undefined): Bilingual {
  const { rule } = record
  if (!record.manyEntities) return fillSentence(rule.sentence, count, record.values)
  const fill = (language: 'vi' | 'en') =>
    fillSentence(words.manyEntities, count, { 'rule.title': rule.title[language], entities: record.entities })[language]
  return { vi: fill('vi'), en: fill('en') }
}

/** More than any real sentence; a search looks no further. */
const MAX_TEXT = 4_000

/** What a search over alerts looks through: titles, sentence, entity, rule and unit, folded. */
export function searchText(context: AlertsContext, record: Alert): string {
  const { rule } = record
  const sentence = sentenceOf(record, undefined)
  const unit = context.inventory.label(record.unit)
  const entity = Object.values(record.entity)
  return foldText(
    [
      record.id,
      rule.title.vi,
      rule.title.en,
      sentence.vi,
      sentence.en,
      ...entity,
      rule.id,
      ...rule.tags,
      unit.code,
      unit.name,
      unit.district
    ]
      .join(' \n ')
      .slice(0, MAX_TEXT)
  )
}

/** Writes or replaces the searched text of an alert. */
export function saveSearchText(context: AlertsContext, record: Alert): void {
  context.control
    .sql('INSERT INTO alert_text (seq, text) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET text = excluded.text')
    .run(record.seq, searchText(context, record))
}

import type { AlertRow } from '#core/api/alerts.ts'
import { foldText } from '#core/fold.ts'
import type { Bilingual, RuleSummary } from '#core/match.ts'
import type { AlertRecord } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { hourlyToReturn } from '../life/counting.ts'
import { fillSentence, manyEntitiesSentence } from './sentence.ts'

/** A record with the assignee's name: what {@link alertRow} needs. */
export type NamedAlertRecord = AlertRecord & { assignee_name: string | null }

/** Columns and joins of {@link NamedAlertRecord}. */
export const selectAlerts = `SELECT a.*, u.name AS assignee_name FROM alerts a LEFT JOIN users u ON u.id = a.assignee`

/** The same for a record in hand. */
export function withName(context: AlertsContext, record: AlertRecord): NamedAlertRecord {
  if (record.assignee === null) return { ...record, assignee_name: null }
  const user = context.control.sql('SELECT name FROM users WHERE id = ?').get(record.assignee) as
    { name: string } | undefined
  return { ...record, assignee_name: user?.name ?? null }
}

/**
 * An alert as the API shows it, unmasked. Its `count` is every match so far, for a correlation "at least" (see
 * `addFold`); the sentence of a correlation names the greatest count of one window, never more than that.
 */
export function alertRow(context: AlertsContext, record: NamedAlertRecord): AlertRow {
  const rule = JSON.parse(record.rule) as RuleSummary
  const entity = JSON.parse(record.entity) as Record<string, string>
  return {
    id: record.id,
    revision: record.revision,
    ruleId: record.rule_id,
    title: rule.title,
    sentence: sentenceOf(record, rule, record.window_peak ?? record.count),
    level: record.level,
    origin: record.origin,
    status: record.status,
    verdict: record.verdict,
    unit: context.inventory.label(record.unit),
    entity: Object.entries(entity).map(([field, value]) => ({ field, value })),
    count: record.count,
    trend: JSON.parse(record.trend) as number[],
    firstSeen: record.first_seen,
    lastSeen: record.last_seen,
    raisedAt: record.raised_at,
    assignee: record.assignee === null ? null : { id: record.assignee, name: record.assignee_name ?? record.assignee },
    incident: record.incident_id,
    escalated: record.escalated === 1,
    reopened: record.reopened,
    deadline: record.deadline,
    returnsAt: record.status === 'archived' ? hourlyToReturn(record.archived_peak) : null
  }
}

function sentenceOf(record: AlertRecord, rule: RuleSummary, count: number | undefined): Bilingual {
  if (record.many_entities === 0) {
    return fillSentence(rule.sentence, count, JSON.parse(record.vals) as Record<string, string>)
  }
  const fill = (language: 'vi' | 'en') =>
    fillSentence(manyEntitiesSentence, count, { 'rule.title': rule.title[language], entities: record.entities })[
      language
    ]
  return { vi: fill('vi'), en: fill('en') }
}

/** More than any real sentence; a search looks no further. */
const MAX_TEXT = 4_000

/** What a search over alerts looks through: titles, sentence, entity, rule and unit, folded. */
export function searchText(context: AlertsContext, record: AlertRecord): string {
  const rule = JSON.parse(record.rule) as RuleSummary
  const sentence = sentenceOf(record, rule, undefined)
  const unit = context.inventory.label(record.unit)
  const entity = Object.values(JSON.parse(record.entity) as Record<string, string>)
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
export function saveSearchText(context: AlertsContext, record: AlertRecord): void {
  context.control
    .sql('INSERT INTO alert_text (seq, text) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET text = excluded.text')
    .run(record.seq, searchText(context, record))
}

import type { AlertRow, QueueTab } from '#core/api/alerts.ts'
import { foldText } from '#core/fold.ts'
import type { Level } from '#core/match.ts'

/** What the queue shows. Empty strings mean: any. */
export type AlertFilter = { tab: QueueTab; unit: string; level: Level | ''; q: string; rule: string }

/** The queue's tabs in their order on screen. */
export const tabs = [
  'new',
  'mine',
  'waiting',
  'escalated',
  'archived',
  'closed',
  'all'
] as const satisfies readonly QueueTab[]

/** Whether an alert belongs in a tab, for the person who looks. The server decides; this only sorts pushes. */
export function inTab(alert: AlertRow, tab: QueueTab, me: string): boolean {
  switch (tab) {
    case 'new':
      return alert.status === 'new'
    case 'mine':
      return alert.assignee?.id === me && (alert.status === 'acknowledged' || alert.status === 'waiting')
    case 'escalated':
      return alert.escalated && (alert.status === 'new' || alert.status === 'acknowledged')
    case 'waiting':
    case 'archived':
    case 'closed':
      return alert.status === tab
    case 'all':
      return true
  }
}

/** Whether a pushed alert fits the filter; `inUnit` knows the unit tree. */
export function fits(alert: AlertRow, filter: AlertFilter, me: string, inUnit: (code: string) => boolean): boolean {
  if (!inTab(alert, filter.tab, me) || !inUnit(alert.unit.code)) return false
  if (filter.level !== '' && alert.level !== filter.level) return false
  if (filter.rule !== '' && alert.ruleId !== filter.rule) return false
  if (filter.q === '') return true
  const words = [alert.sentence.vi, alert.sentence.en, alert.title.vi, alert.title.en, alert.unit.name]
  const text = foldText([...words, ...alert.entity.map((entity) => entity.value)].join(' '))
  return text.includes(foldText(filter.q))
}

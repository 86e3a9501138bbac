import type { RuleRow } from '#core/api/sources.ts'
import { codeText, t } from '../i18n/text.svelte.ts'

/** What a rule listens to: its log source, or in words what a correlation counts, or that the platform raises it. */
export function logsourceText(rule: Pick<RuleRow, 'kind' | 'logsource'>): string {
  if (rule.kind === 'correlation') return codeText('rule.counts', rule.logsource)
  return rule.kind === 'built_in' ? t('rule.byPlatform') : rule.logsource
}

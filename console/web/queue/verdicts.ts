import type { Verdict } from '#core/api/alerts.ts'
import { codeText, t } from '../i18n/text.svelte.ts'

/** Verdicts in the order of the keys 1–5. */
export const verdictKeys = [
  'true_positive',
  'benign',
  'false_positive',
  'duplicate',
  'test'
] as const satisfies readonly Verdict[]

/** A verdict in words: what our own rules tell of (an outage, a silent source) is true without being an attack. */
export function verdictText(verdict: Verdict, ruleId: string): string {
  return verdict === 'true_positive' && ruleId.startsWith('soc.') ? t('verdict.happened') : codeText('verdict', verdict)
}

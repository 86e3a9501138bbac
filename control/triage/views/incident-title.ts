import type { Bilingual, RuleSummary } from '#core/match.ts'
import type { AlertRecord } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { fillSentence } from './sentence.ts'

/** "Web shell được gọi: Xã Phong Thu (Phong Điền)"; an outage in its own sentence, which names the system and the models. */
export function titleOf(context: AlertsContext, alert: AlertRecord): Bilingual {
  const { title, sentence } = JSON.parse(alert.rule) as RuleSummary
  if (alert.rule_id === 'soc.outage') {
    return fillSentence(sentence, alert.count, JSON.parse(alert.vals) as Record<string, string>)
  }
  const { name, district } = context.inventory.label(alert.unit)
  const where = district === '' ? name : `${name} (${district})`
  return { vi: `${title.vi}: ${where}`, en: `${title.en}: ${where}` }
}

import type { Bilingual } from '#core/match.ts'
import type { Alert } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { fillSentence } from './sentence.ts'

/** "Web shell được gọi: Xã Phong Thu (Phong Điền)"; an outage in its own sentence, which names the system and the models. */
export function titleOf(context: AlertsContext, alert: Alert): Bilingual {
  const { title, sentence } = alert.rule
  if (alert.ruleId === 'soc.outage') {
    return fillSentence(sentence, alert.count, alert.values)
  }
  const { name, district } = context.inventory.label(alert.unit)
  const where = district === '' ? name : `${name} (${district})`
  return { vi: `${title.vi}: ${where}`, en: `${title.en}: ${where}` }
}

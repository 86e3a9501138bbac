import type { Bilingual } from '#core/match.ts'
import { fillWords, unitText } from '#core/words.ts'
import { words } from '../words.ts'
import type { Alert } from '../record/alert.ts'
import type { AlertsContext } from '../record/context.ts'
import { fillSentence } from './sentence.ts'

/** "Web shell được gọi: Xã Phong Thu (Phong Điền)"; an outage in its own sentence, which names the system and the models. */
export function titleOf(context: AlertsContext, alert: Alert): Bilingual {
  const { title, sentence } = alert.rule
  if (alert.ruleId === 'soc.outage') {
    return fillSentence(sentence, alert.count, alert.values)
  }
  return fillWords(words.incidentTitle.alert, { title, place: unitText(context.inventory.label(alert.unit)) })
}

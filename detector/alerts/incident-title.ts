import type { Bilingual, RuleSummary } from '#core/match.ts'
import type { AlertRecord } from './alert-record.ts'
import type { AlertsContext } from './context.ts'

/** "Web shell được gọi: Xã Phong Thu (Phong Điền)". */
export function titleOf(context: AlertsContext, alert: AlertRecord): Bilingual {
  const { title } = JSON.parse(alert.rule) as RuleSummary
  const { name, district } = context.inventory.label(alert.unit)
  const where = district === '' ? name : `${name} (${district})`
  return { vi: `${title.vi}: ${where}`, en: `${title.en}: ${where}` }
}

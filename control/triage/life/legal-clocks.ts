import { HOUR_MS } from '#core/time.ts'
import type { IncidentDetail } from '#core/api/alerts.ts'

/**
 * What the law counts from detection, in calendar hours. Informational: whether a text applies to an incident is for
 * people to say (serious or ordinary, personal data or not).
 */
const clocks = [
  {
    code: 'first_notice',
    hours: 24,
    label: {
      vi: 'Thông báo ban đầu khi nghiêm trọng (Nghị định 331/2026, Điều 31)',
      en: 'First notice when serious (Decree 331/2026, Article 31)'
    }
  },
  {
    code: 'cause_and_scope',
    hours: 72,
    label: {
      vi: 'Nguyên nhân, phạm vi, khắc phục (Nghị định 331/2026, Điều 31)',
      en: 'Cause, scope, remedy (Decree 331/2026, Article 31)'
    }
  },
  {
    code: 'personal_data',
    hours: 72,
    label: {
      vi: 'Thông báo vi phạm dữ liệu cá nhân (Luật 91/2025/QH15, Điều 23)',
      en: 'Notice of a personal data breach (Law 91/2025/QH15, Article 23)'
    }
  },
  {
    code: 'operator_report',
    hours: 120,
    label: {
      vi: 'Báo cáo ban đầu của đơn vị vận hành (Quyết định 05/2017/QĐ-TTg, Điều 11)',
      en: 'First report of the operator (Decision 05/2017/QĐ-TTg, Article 11)'
    }
  }
]

/** The legal clocks of an incident detected at `detectedAt`, earliest first. */
export function legalClocks(detectedAt: number): IncidentDetail['clocks'] {
  return clocks.map(({ code, hours, label }) => ({ code, label, due: detectedAt + hours * HOUR_MS }))
}

import type { incidentStatuses } from '#core/api/alerts.ts'

/* Words that several parts of a report share, data only. A report is written in Vietnamese. */

/** In a cell without a figure. */
export const NOT_KNOWN = 'chưa có số liệu'
/** In place of a sentence that nothing happened, where nothing was heard: silence is no evidence. */
export const NOT_CONCLUDED = 'Trong kỳ chưa có số liệu nên chưa kết luận được.'

/** How an incident stood at the end of the period. */
export const statusWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    new: 'mới',
    in_progress: 'đang xử lý',
    waiting: 'chờ đơn vị',
    review: 'chờ xem lại',
    closed: 'đã đóng'
  } satisfies Record<(typeof incidentStatuses)[number], string>)
)

/** Kinds of unit in the order of the annex, with the title of their table. */
export const unitKindTitles = [
  ['district', 'Cấp huyện'],
  ['commune', 'Cấp xã'],
  ['department', 'Sở, ban, ngành']
] as const

import type { Bilingual } from '#core/match.ts'

/* Words of the figures, data only; how numbers and lengths of time are said stands in phrases.ts. */

/** How far an incident is, in words that carry no log text. */
export const progressWords: ReadonlyMap<string, Bilingual> = new Map<string, Bilingual>(
  Object.entries({
    new: { vi: 'chưa có người nhận', en: 'nobody has taken it up' },
    in_progress: { vi: 'đang xử lý', en: 'being worked on' },
    waiting: { vi: 'đang chờ đơn vị', en: 'waiting for the unit' },
    review: { vi: 'chờ xem lại để đóng', en: 'waiting for review before closing' }
  })
)
export const unitIsLate: Bilingual = {
  vi: 'đơn vị chưa làm xong việc được giao',
  en: 'the unit has not finished what it was asked'
}
/** An overdue task whose incident is closed; `{title}` is that of its alert. */
export const taskReceived: Bilingual = {
  vi: '{title}, đơn vị đã nhận nhưng chưa xong',
  en: '{title}, received but not finished'
}
export const taskUnanswered: Bilingual = {
  vi: '{title}, đơn vị chưa trả lời',
  en: '{title}, the unit has not answered'
}
/** Alerts at one unit that nobody took: all of one rule, or of several. */
export const untakenOfRule: Bilingual = {
  vi: '{title}: {alerts} cảnh báo mức {level}, chưa ai nhận',
  en: '{title}: {alerts} {level} alerts that nobody has taken'
}
export const untakenOfRules: Bilingual = {
  vi: '{alerts} cảnh báo thuộc {rules} dấu hiệu khác nhau, mức cao nhất: {level}; chưa ai nhận',
  en: '{alerts} alerts of {rules} different rules, worst: {level}; nobody has taken them'
}
export const unnamedTask: Bilingual = { vi: 'Việc được giao', en: 'A task' }
export const unnamedIncident: Bilingual = { vi: 'Sự cố chưa có cảnh báo', en: 'Incident without alerts' }

/** The unit table for a spreadsheet. */
export const unitTableWords = {
  vi: {
    head: [
      'Mã',
      'Đơn vị',
      'Thuộc',
      'Cấp',
      'Trạng thái',
      'Nguồn nhật ký',
      'Số ngày gửi nhật ký',
      'Sự kiện đã gửi',
      'Sự kiện nhắc tới đơn vị',
      'Cảnh báo',
      'Sự cố mở trong kỳ',
      'Sự cố còn mở',
      'Việc được giao',
      'Đã trả lời',
      'Quá hạn'
    ],
    kind: { commune: 'cấp xã', district: 'cấp huyện', department: 'sở, ngành' }
  },
  en: {
    head: [
      'Code',
      'Unit',
      'In',
      'Level',
      'State',
      'Log sources',
      'Days with logs',
      'Events sent',
      'Events about the unit',
      'Alerts',
      'Incidents opened',
      'Incidents still open',
      'Tasks',
      'Answered',
      'Late'
    ],
    kind: { commune: 'commune', district: 'district', department: 'department' }
  }
} as const

import type { Bilingual } from '#core/match.ts'

/*
 * Words of the messages around a task. They leave the house and are read on lock screens: a number, a unit, a severity and
 * a deadline, never what happened, to which system, or from where. That stands behind the link.
 * `{id}` is the task's number, `{unit}` the unit's name, `{level}` its severity, `{deadline}` a moment.
 */

const lateUnit: Bilingual = { vi: '{id}: {unit} quá hạn trả lời', en: '{id}: {unit} has not answered' }

/** Titles of the messages to a unit, by why it is written to. */
export const unitTitles = {
  sent: { vi: '{id}: việc cần xử lý, mức {level}', en: '{id}: something to do, {level}' },
  half: { vi: '{id}: còn nửa thời gian', en: '{id}: half of the time is left' },
  due: { vi: '{id}: đã đến hạn', en: '{id}: it is due now' },
  next: lateUnit,
  head: lateUnit,
  answer: { vi: '{id}: SOC đã trả lời', en: '{id}: the SOC has answered' },
  extended: { vi: '{id}: hạn đã đổi', en: '{id}: the deadline has changed' },
  reopened: { vi: '{id}: cần làm tiếp', en: '{id}: there is more to do' },
  withdrawn: { vi: '{id}: không cần làm nữa', en: '{id}: nothing more to do' },
  link: { vi: '{id}: liên kết mới', en: '{id}: a new link' }
} satisfies Record<string, Bilingual>

/** The text under the title. */
export const unitBodies = {
  withdrawn: {
    vi: 'Trung tâm giám sát an ninh mạng của tỉnh đã rút việc {id} gửi {unit}. Không cần làm gì thêm.',
    en: 'The province’s security operations centre has withdrawn {id}, sent to {unit}. Nothing more is needed.'
  },
  asked: {
    vi: 'Trung tâm giám sát an ninh mạng của tỉnh gửi {unit} việc {id}, mức {level}, hạn {deadline}. Mở liên kết để xem việc cần làm và trả lời; không cần tài khoản.',
    en: 'The province’s security operations centre asks {unit} to see to {id}, {level}, by {deadline}. Open the link to see what to do and to answer; no account is needed.'
  }
} satisfies Record<string, Bilingual>

/** Titles of what the SOC hears of a task. */
export const socTitles = {
  done: { vi: '{id}: {unit} báo đã xong', en: '{id}: {unit} says it is done' },
  not_ours: { vi: '{id}: {unit} báo không phải của họ', en: '{id}: {unit} says it is not theirs' },
  question: { vi: '{id}: {unit} hỏi SOC', en: '{id}: {unit} has a question' },
  overdue: { vi: '{id}: {unit} quá hạn', en: '{id}: {unit} is overdue' }
} satisfies Record<string, Bilingual>
export const socBody: Bilingual = { vi: 'Hạn {deadline}.', en: 'Due {deadline}.' }

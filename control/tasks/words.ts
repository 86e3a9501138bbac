import type { Bilingual } from '#core/match.ts'

/*
 * Words of the messages around a task. They leave the house and are read on lock screens: a number, a unit, a severity and
 * a deadline, never what happened, to which system, or from where. That stands behind the link.
 * `{id}` is the task's number, `{unit}` the unit's name, `{level}` its severity, `{deadline}` a moment.
 */

const lateUnit: Bilingual = { vi: '{id}: {unit} quá hạn trả lời', en: '{id}: {unit} has not answered' }

/** Titles of the messages to a unit, by why it is written to. */
export const unitTitles = {
  sent: { vi: '{id}: {unit} xem và xử lý trước {deadline}', en: '{id}: {unit} to see to it before {deadline}' },
  half: { vi: '{id}: {unit} chưa trả lời, hạn {deadline}', en: '{id}: {unit} has not answered, due {deadline}' },
  due: { vi: '{id}: {unit} đã đến hạn trả lời', en: '{id}: {unit} is due to answer' },
  next: lateUnit,
  head: lateUnit,
  answer: { vi: '{id}: SOC đã trả lời {unit}', en: '{id}: the SOC has answered {unit}' },
  extended: { vi: '{id}: {unit} có hạn mới {deadline}', en: '{id}: {unit} has until {deadline} now' },
  reopened: { vi: '{id}: {unit} cần làm tiếp trước {deadline}', en: '{id}: {unit} has more to do before {deadline}' },
  withdrawn: { vi: '{id}: {unit} không cần làm nữa', en: '{id}: {unit} has nothing more to do' },
  link: { vi: '{id}: liên kết mới cho {unit}', en: '{id}: a new link for {unit}' }
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

/** The same in an SMS, with the number to call and the link behind it; its end is cut first. */
const late = '{id} chưa trả lời, hạn {due}: {unit}'
export const unitSms = {
  sent: '{id} cần xử lý, trả lời trước {due}: {unit}',
  half: late,
  due: late,
  next: late,
  head: late,
  answer: 'SOC đã trả lời về {id}, hạn {due}: {unit}',
  extended: '{id} có hạn mới {due}: {unit}',
  reopened: '{id} cần làm tiếp, hạn {due}: {unit}',
  withdrawn: '{id} SOC đã rút, không cần làm: {unit}',
  link: '{id} liên kết mới, hạn {due}: {unit}'
} satisfies Record<keyof typeof unitTitles, string>

/** Titles of what the SOC hears of a task. */
export const socTitles = {
  done: { vi: '{id}: {unit} báo đã xong', en: '{id}: {unit} says it is done' },
  not_ours: { vi: '{id}: {unit} báo không phải của họ', en: '{id}: {unit} says it is not theirs' },
  question: { vi: '{id}: {unit} hỏi SOC', en: '{id}: {unit} has a question' },
  overdue: { vi: '{id}: {unit} quá hạn', en: '{id}: {unit} is overdue' }
} satisfies Record<string, Bilingual>
export const socBody: Bilingual = { vi: 'Hạn {deadline}.', en: 'Due {deadline}.' }

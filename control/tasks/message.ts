import type { Bilingual, Level } from '#core/match.ts'
import type { Announcement, Priority } from '#core/notification.ts'
import { ICT_OFFSET_MS } from '#core/time.ts'
import type { UnitRef } from '#core/api/common.ts'
import { levelWords } from '#core/words.ts'

/*
 * Words of the messages around a task. They leave the house and are read on lock screens: a number, a unit, a severity and
 * a deadline, never what happened, to which system, or from where. That stands behind the link.
 */

/** 03:21 23/11/2026 in Asia/Ho_Chi_Minh. */
export function momentText(ms: number): string {
  const [day = '', time = ''] = new Date(ms + ICT_OFFSET_MS).toISOString().split('T')
  return `${time.slice(0, 5)} ${day.split('-').reverse().join('/')}`
}

/** Why a unit is written to. */
export type Occasion =
  'sent' | 'half' | 'due' | 'next' | 'head' | 'answer' | 'extended' | 'reopened' | 'withdrawn' | 'link'
type About = { id: string; level: Level; deadline: number; unit: UnitRef }

const titles: Record<Occasion, (about: About) => Bilingual> = {
  sent: ({ id, level }) => ({
    vi: `${id}: việc cần xử lý, mức ${levelWords[level].vi}`,
    en: `${id}: something to do, ${levelWords[level].en}`
  }),
  half: ({ id }) => ({ vi: `${id}: còn nửa thời gian`, en: `${id}: half of the time is left` }),
  due: ({ id }) => ({ vi: `${id}: đã đến hạn`, en: `${id}: it is due now` }),
  next: ({ id, unit }) => ({ vi: `${id}: ${unit.name} quá hạn trả lời`, en: `${id}: ${unit.name} has not answered` }),
  head: ({ id, unit }) => ({ vi: `${id}: ${unit.name} quá hạn trả lời`, en: `${id}: ${unit.name} has not answered` }),
  answer: ({ id }) => ({ vi: `${id}: SOC đã trả lời`, en: `${id}: the SOC has answered` }),
  extended: ({ id }) => ({ vi: `${id}: hạn đã đổi`, en: `${id}: the deadline has changed` }),
  reopened: ({ id }) => ({ vi: `${id}: cần làm tiếp`, en: `${id}: there is more to do` }),
  withdrawn: ({ id }) => ({ vi: `${id}: không cần làm nữa`, en: `${id}: nothing more to do` }),
  link: ({ id }) => ({ vi: `${id}: liên kết mới`, en: `${id}: a new link` })
}

/** Title and body of the message to the unit, as it is sent and as the form previews it. */
export function unitMessage(occasion: Occasion, about: About): { title: Bilingual; body: Bilingual } {
  const title = titles[occasion](about)
  const { id, level, unit, deadline } = about
  if (occasion === 'withdrawn')
    return {
      title,
      body: {
        vi: `Trung tâm giám sát an ninh mạng của tỉnh đã rút việc ${id} gửi ${unit.name}. Không cần làm gì thêm.`,
        en: `The province’s security operations centre has withdrawn ${id}, sent to ${unit.name}. Nothing more is needed.`
      }
    }
  return {
    title,
    body: {
      vi:
        `Trung tâm giám sát an ninh mạng của tỉnh gửi ${unit.name} việc ${id}, mức ${levelWords[level].vi}, hạn ` +
        `${momentText(deadline)}. Mở liên kết để xem việc cần làm và trả lời; không cần tài khoản.`,
      en:
        `The province’s security operations centre asks ${unit.name} to see to ${id}, ${levelWords[level].en}, by ` +
        `${momentText(deadline)}. Open the link to see what to do and to answer; no account is needed.`
    }
  }
}

/** What the SOC is told of: an answer of a unit, a question, an overdue task. */
export type SocOccasion = 'done' | 'not_ours' | 'question' | 'overdue'
const socTitles: Record<SocOccasion, (about: About) => Bilingual> = {
  done: ({ id, unit }) => ({ vi: `${id}: ${unit.name} báo đã xong`, en: `${id}: ${unit.name} says it is done` }),
  not_ours: ({ id, unit }) => ({
    vi: `${id}: ${unit.name} báo không phải của họ`,
    en: `${id}: ${unit.name} says it is not theirs`
  }),
  question: ({ id, unit }) => ({ vi: `${id}: ${unit.name} hỏi SOC`, en: `${id}: ${unit.name} has a question` }),
  overdue: ({ id, unit }) => ({ vi: `${id}: ${unit.name} quá hạn`, en: `${id}: ${unit.name} is overdue` })
}

export function socMessage(occasion: SocOccasion, about: About): { title: Bilingual; body: Bilingual } {
  const title = socTitles[occasion](about)
  return {
    title,
    body: {
      vi: `Hạn ${momentText(about.deadline)}.`,
      en: `Due ${momentText(about.deadline)}.`
    }
  }
}

/** How urgent the messages of a task are. */
export function priorityOf(level: Level): Priority {
  return level === 'critical' ? 1 : level === 'high' ? 2 : 3
}

/** The frame of every announcement of a task. */
export const announcementOf = (
  record: { id: string; origin: Announcement['origin']; unit: string },
  more: Omit<Announcement, 'topic' | 'origin' | 'unit' | 'code' | 'escalates'>
): Announcement => ({
  topic: 'task',
  origin: record.origin,
  unit: record.unit,
  code: record.id,
  // Deadlines drive reminders and escalation here; the outbox's own ladder would double them.
  escalates: false,
  ...more
})

import { ICT_OFFSET_MS } from '#core/time.ts'
import { levelName } from '#core/words.ts'

/** Words of the page behind a task's link. Apart from the console's catalogue, so that the page stays small. */
const vi = {
  demonstration: 'minh họa',
  'level.critical': levelName('critical').vi,
  'level.high': levelName('high').vi,
  'level.medium': levelName('medium').vi,
  'level.low': levelName('low').vi,
  'level.informational': levelName('informational').vi,
  left: (time: string) => `còn ${time}`,
  over: (time: string) => `quá hạn ${time}`,
  due: (at: string) => `Hạn ${at}`,
  minutes: (n: number) => `${n} phút`,
  hours: (h: number, m: number) => (m === 0 ? `${h} giờ` : `${h} giờ ${m} phút`),
  days: (d: number) => `${d} ngày`,
  todo: 'Việc cần làm ngay',
  'say.doing': 'Đã nhận, đang xử lý',
  'say.done': 'Đã xong',
  'say.not_ours': 'Không phải của chúng tôi',
  'say.question': 'Hỏi SOC',
  'note.done': 'Đã làm gì? (không bắt buộc)',
  'note.not_ours': 'Của ai, nếu biết? (không bắt buộc)',
  'note.question': 'Câu hỏi của bạn',
  'send.done': 'Gửi: Đã xong',
  'send.not_ours': 'Gửi: Không phải của chúng tôi',
  'send.question': 'Gửi câu hỏi',
  cancel: 'Thôi',
  attach: 'Gửi ảnh hoặc tệp',
  attachHint: 'Ảnh, PDF hoặc văn bản, mỗi tệp tối đa 10 MB. Không gửi số của công dân.',
  attaching: (name: string) => `Đang gửi ${name}…`,
  call: (phone: string) => `Gọi trực ban SOC ${phone}`,
  noHotline:
    'Chưa có số trực ban SOC ở đây: hỏi cán bộ công nghệ thông tin của đơn vị, hoặc người đã gửi liên kết này.',
  code: (code: string) => `Mã ${code} · không cần tài khoản`,
  sending: 'Đang gửi…',
  waiting: 'Chưa có mạng. Câu trả lời được giữ lại và tự gửi khi có mạng.',
  history: 'Đã trao đổi',
  'state.sent': 'Chưa trả lời',
  'state.received': 'Đã nhận',
  'state.doing': 'Đang xử lý',
  'state.done': 'Đã xong. Cảm ơn.',
  'state.not_ours': 'Đã báo: không phải của đơn vị. SOC sẽ xem lại.',
  'state.withdrawn': 'SOC đã rút việc này.',
  'entry.sent': 'SOC gửi việc này',
  'entry.received': 'Đã nhận',
  'entry.doing': 'Đã nhận, đang xử lý',
  'entry.done': 'Đã xong',
  'entry.not_ours': 'Không phải của chúng tôi',
  'entry.question': 'Hỏi SOC',
  'entry.answer': 'SOC trả lời',
  'entry.file': 'Gửi tệp',
  'entry.reminder': 'Nhắc việc',
  'entry.escalated': 'Báo người phụ trách khác',
  'entry.extended': 'SOC đổi hạn',
  'entry.reopened': 'SOC nhờ làm tiếp',
  'entry.withdrawn': 'SOC rút việc',
  loading: 'Đang mở…',
  retry: 'Thử lại',
  'fault.gone':
    'Liên kết này không còn dùng được: đã hết hạn, đã được thay, hoặc việc đã kết thúc. Gọi SOC nếu cần liên kết mới.',
  'fault.other_device': (code: string) =>
    `Việc ${code} đã gắn với máy trả lời đầu tiên. Trả lời trên máy đó, hoặc gọi SOC để xin liên kết mới cho máy này.`,
  'fault.no_cookie':
    'Trình duyệt này không giữ cookie nên chưa trả lời được. Mở liên kết bằng trình duyệt khác, hoặc gọi SOC.',
  'fault.offline': 'Chưa kết nối được. Kiểm tra mạng rồi thử lại.',
  'fault.file.kind': 'Chỉ nhận ảnh, PDF và văn bản thường.',
  'fault.file.too_large': 'Tệp lớn hơn 10 MB.',
  'fault.file.too_many': 'Đã đủ mười tệp.',
  'fault.ended': 'Việc này đã kết thúc.',
  'fault.other': 'Chưa gửi được. Thử lại, hoặc gọi SOC.',
  other: 'English'
}
export type PhoneWords = typeof vi

const en: PhoneWords = {
  demonstration: 'demonstration',
  'level.critical': levelName('critical').en,
  'level.high': levelName('high').en,
  'level.medium': levelName('medium').en,
  'level.low': levelName('low').en,
  'level.informational': levelName('informational').en,
  left: (time) => `${time} left`,
  over: (time) => `overdue by ${time}`,
  due: (at) => `Due ${at}`,
  minutes: (n) => `${n} min`,
  hours: (h, m) => (m === 0 ? `${h} h` : `${h} h ${m} min`),
  days: (d) => (d === 1 ? '1 day' : `${d} days`),
  todo: 'What to do now',
  'say.doing': 'Received, working on it',
  'say.done': 'Done',
  'say.not_ours': 'Not ours',
  'say.question': 'Ask the SOC',
  'note.done': 'What was done? (optional)',
  'note.not_ours': 'Whose is it, if you know? (optional)',
  'note.question': 'Your question',
  'send.done': 'Send: Done',
  'send.not_ours': 'Send: Not ours',
  'send.question': 'Send the question',
  cancel: 'Cancel',
  attach: 'Send a photo or file',
  attachHint: 'Photos, PDF or plain text, 10 MB each at most. Do not send citizens’ numbers.',
  attaching: (name) => `Sending ${name}…`,
  call: (phone) => `Call the SOC desk ${phone}`,
  noHotline: 'No number of the SOC is set here: ask your unit’s IT officer, or whoever sent you this link.',
  code: (code) => `Code ${code} · no account needed`,
  sending: 'Sending…',
  waiting: 'No connection yet. The answer is kept and goes out by itself.',
  history: 'What was said',
  'state.sent': 'Not answered yet',
  'state.received': 'Received',
  'state.doing': 'In progress',
  'state.done': 'Done. Thank you.',
  'state.not_ours': 'Told: not your unit’s. The SOC will look again.',
  'state.withdrawn': 'The SOC has withdrawn this.',
  'entry.sent': 'The SOC asked',
  'entry.received': 'Received',
  'entry.doing': 'Received, working on it',
  'entry.done': 'Done',
  'entry.not_ours': 'Not ours',
  'entry.question': 'Question to the SOC',
  'entry.answer': 'The SOC answered',
  'entry.file': 'File sent',
  'entry.reminder': 'Reminder',
  'entry.escalated': 'Somebody else was told',
  'entry.extended': 'The SOC changed the deadline',
  'entry.reopened': 'The SOC asked for more',
  'entry.withdrawn': 'The SOC withdrew it',
  loading: 'Opening…',
  retry: 'Try again',
  'fault.gone':
    'This link can no longer be used: it is too old, was replaced, or the task has ended. Call the SOC for a new one.',
  'fault.other_device': (code) =>
    `${code} belongs to the device that answered first. Answer there, or call the SOC for a new link for this device.`,
  'fault.no_cookie':
    'This browser keeps no cookies, so it cannot answer. Open the link in another browser, or call the SOC.',
  'fault.offline': 'No connection. Check the network and try again.',
  'fault.file.kind': 'Only photos, PDF and plain text are taken.',
  'fault.file.too_large': 'The file is larger than 10 MB.',
  'fault.file.too_many': 'There are ten files already.',
  'fault.ended': 'This task has ended.',
  'fault.other': 'It could not be sent. Try again, or call the SOC.',
  other: 'Tiếng Việt'
}

export const words = { vi, en }

/** What went wrong, by the server's code. */
export function faultWords(said: PhoneWords, code: string, task: string): string {
  switch (code) {
    case 'task_link.gone':
      return said['fault.gone']
    case 'task_link.other_device':
      return said['fault.other_device'](task)
    case 'task_link.no_cookie':
      return said['fault.no_cookie']
    case 'task.ended':
      return said['fault.ended']
    case 'file.kind':
    case 'file.empty':
      return said['fault.file.kind']
    case 'file.too_large':
      return said['fault.file.too_large']
    case 'task.too_many_files':
      return said['fault.file.too_many']
    case 'network':
      return said['fault.offline']
    default:
      return said['fault.other']
  }
}

/** 03:21 23/11/2026 in Asia/Ho_Chi_Minh, which is UTC+7 all year. */
export function momentOf(ms: number): string {
  const [day = '', time = ''] = new Date(ms + ICT_OFFSET_MS).toISOString().split('T')
  return `${time.slice(0, 5)} ${day.split('-').reverse().join('/')}`
}

import type { Bilingual } from '#core/match.ts'

/*
 * What the server itself says in notifications: sentences of its own messages, and the frame around every message. Words of
 * a channel (its name, its addresses, its codes) stand with the channel in channels/.
 */
export const words = {
  /** Who speaks; SMS has no accents and counts every character. */
  sender: '[SOC Huế]',
  senderSms: '[SOC Hue]',
  codeSms: (code: string) => ` Ma ${code}`,
  code: (code: string, at: string) => `Mã: ${code} · ${at}`,
  /** Only of the demonstration; `.example` and zeros belong to nobody. */
  exampleHotline: '0234 000 0000 (số ví dụ)',
  exampleAddress: 'https://vi-du.example',
  callSms: (hotline: string) => ` Goi ${hotline}`,
  call: (hotline: string) => `Không rõ điều gì, hoặc muốn hỏi có đúng SOC gửi không: gọi trực ban SOC ${hotline}.`,
  mailFoot: 'Trung tâm Giám sát an ninh mạng (SOC). Thư tự động, xin không trả lời.',

  dutyGroup: 'Nhóm trực SOC',
  duty: 'Trực ban SOC',
  leaders: 'Lãnh đạo',
  administrators: 'Quản trị',
  contactsOf: (unit: string) => `Đầu mối ${unit}`,

  digestTitle: (n: number, codes: string): Bilingual => ({
    vi: `${n} thông báo: ${codes}`,
    en: `${n} notifications: ${codes}`
  }),
  digestRest: (n: number): Bilingual => ({ vi: `và ${n} thông báo khác.`, en: `and ${n} more.` }),

  testTitle: (channel: string): Bilingual => ({
    vi: `Tin thử kênh ${channel}`,
    en: `Test of the channel ${channel}`
  }),
  testBody: {
    vi: 'Nếu đọc được tin này, kênh hoạt động.',
    en: 'If you can read this, the channel works.'
  } satisfies Bilingual,

  refusedTitle: (channel: string, code: string): Bilingual => ({
    vi: `Kênh gửi ${channel} bị từ chối (${code})`,
    en: `The channel ${channel} is refused (${code})`
  }),
  refusedBody: {
    vi: 'Nhà cung cấp từ chối cấu hình của kênh (mã truy cập, số dư, mẫu tin hoặc quyền). Tin đang đi bằng kênh khác. Xem Thông báo, Kênh gửi.',
    en: 'The provider refuses the settings of the channel (token, balance, template or rights). Messages go by other channels. See Notifications, Channels.'
  } satisfies Bilingual
} as const

import type { Bilingual } from '#core/match.ts'

/**
 * Words for the families of outcome codes (collector/probes/), the most exact one first. A detail may name an address inside a
 * network or what a page said: a reason is read by leaders too and stands in reports, so that it takes none, but an HTTP status.
 */
const words: readonly [prefix: string, words: Bilingual][] = [
  ['tcp.refused', { vi: 'máy chủ từ chối kết nối', en: 'the server refuses connections' }],
  ['tcp', { vi: 'không nối được tới máy chủ', en: 'the server cannot be reached' }],
  ['network', { vi: 'không có đường mạng tới máy chủ', en: 'there is no way to the server' }],
  ['timeout', { vi: 'quá thời gian chờ', en: 'no answer in time' }],
  ['slow', { vi: 'trả lời chậm', en: 'slow answers' }],
  ['tls.expired', { vi: 'chứng thư hết hạn', en: 'its certificate has expired' }],
  ['tls.expiring', { vi: 'chứng thư sắp hết hạn', en: 'its certificate expires soon' }],
  ['tls', { vi: 'lỗi chứng thư TLS', en: 'its TLS certificate is at fault' }],
  ['dns', { vi: 'lỗi tên miền', en: 'its name does not resolve rightly' }],
  ['http', { vi: 'trang trả lời không đúng', en: 'the page answers wrongly' }],
  ['heartbeat', { vi: 'nơi gửi tự báo đang kém', en: 'the site itself says it is not well' }]
]

/** Why a probe fails, in words that may be read by everybody who sees the state; null for a code that nobody described. */
export function outcomeWords(code: string, detail: string): Bilingual | null {
  const status = code === 'http.status' ? /^HTTP \d{3}/.exec(detail)?.[0] : undefined
  if (status !== undefined) return { vi: `trả lời ${status}`, en: `it answers ${status}` }
  return words.find(([prefix]) => code === prefix || code.startsWith(`${prefix}.`))?.[1] ?? null
}

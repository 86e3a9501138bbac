import type { Trended } from '#core/api/posture.ts'
import type { Bilingual } from '#core/match.ts'
import { ICT_OFFSET_MS } from '#core/time.ts'

const whole = new Intl.NumberFormat('vi-VN')
const two = new Intl.NumberFormat('vi-VN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** 1.234.567 */
export const shown = (value: number): string => whole.format(value)

/** 84,12%, as the province's own reports print a share: always two decimals, never rounded up. */
export const percent = (share: number): string => `${two.format(Math.floor(share * 10_000 + 1e-6) / 100)}%`

/** The same for sentences that exist in both languages. */
export const exactShare = (share: number): Bilingual => ({
  vi: percent(share),
  en: percent(share).replace(',', '.')
})

/** 15/10/2023 from `2023-10-15`. */
export function day(iso: string): string {
  const [year = '', month = '', date = ''] = iso.split('-')
  return `${date}/${month}/${year}`
}

/** "14 giờ 30 phút ngày 05/11/2023" in Asia/Ho_Chi_Minh. */
export function moment(ms: number): string {
  const iso = new Date(ms + ICT_OFFSET_MS).toISOString()
  return `${iso.slice(11, 13)} giờ ${iso.slice(14, 16)} phút ngày ${day(iso.slice(0, 10))}`
}

/** "tăng 12,50%", "tăng từ 0", "không đổi"; '' where there is nothing to compare with. */
export function change({ value, before }: Trended): string {
  if (value === null || before === null) return ''
  const grown = value - before
  if (Math.abs(grown) < 1e-9) return 'không đổi'
  const word = grown > 0 ? 'tăng' : 'giảm'
  if (before === 0) return `${word} từ 0`
  return `${word} ${two.format((Math.abs(grown) / before) * 100)}%`
}

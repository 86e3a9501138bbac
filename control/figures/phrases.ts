import { DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time.ts'
import type { UnitRef } from '#core/api/common.ts'
import type { Bilingual } from '#core/match.ts'
import { unitText } from '#core/words.ts'

const formats = { vi: new Intl.NumberFormat('vi-VN'), en: new Intl.NumberFormat('en-GB') }

/** 1.234 in Vietnamese, 1,234 in English. */
export const number = (value: number): Bilingual => ({ vi: formats.vi.format(value), en: formats.en.format(value) })

/** "1 unit", "2 units": English needs the plural, Vietnamese does not. */
export const plural = (value: number, singular: string, pluralForm = `${singular}s`): string =>
  `${formats.en.format(value)} ${value === 1 ? singular : pluralForm}`

/** A share as whole percent, never rounded up to what it has not reached. */
export function wholePercent(share: number): Bilingual {
  const whole = Math.floor(share * 100 + 1e-9)
  return whole === 0 && share > 0 ? { vi: 'dưới 1 %', en: 'less than 1 %' } : { vi: `${whole} %`, en: `${whole} %` }
}

/** A length of time as one says it: 2 ngày, 6 giờ, 3 giờ 12 phút, 41 phút. */
export function duration(ms: number): Bilingual {
  if (ms >= 2 * DAY_MS) return counted(Math.floor(ms / DAY_MS), 'ngày', 'day')
  const hours = Math.floor(ms / HOUR_MS)
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
  if (hours >= 10 || (hours > 0 && minutes === 0)) return counted(hours, 'giờ', 'hour')
  if (hours > 0)
    return { vi: `${hours} giờ ${minutes} phút`, en: `${plural(hours, 'hour')} ${plural(minutes, 'minute')}` }
  return minutes === 0 ? { vi: 'dưới 1 phút', en: 'less than a minute' } : counted(minutes, 'phút', 'minute')
}
const counted = (value: number, vi: string, en: string): Bilingual => ({
  vi: `${formats.vi.format(value)} ${vi}`,
  en: plural(value, en)
})

/** A unit inside a Vietnamese sentence, where only the name keeps its capital: "xã Phong Thu (Phong Điền)". */
export const unitNameInside = (unit: UnitRef): string =>
  unitText(unit).replace(/^(Xã|Phường|Thị trấn|Huyện|Thị xã|Thành phố)(?= )/u, (kind) => kind.toLowerCase())

/** "2 xã, 1 huyện và 1 sở, ngành" and "2 communes, 1 district and 1 department"; kinds without units are left out. */
export function unitKinds(counts: { commune: number; district: number; department: number }): Bilingual {
  const parts: Bilingual[] = []
  if (counts.commune > 0) parts.push(counted(counts.commune, 'xã', 'commune'))
  if (counts.district > 0) parts.push(counted(counts.district, 'huyện', 'district'))
  if (counts.department > 0) parts.push(counted(counts.department, 'sở, ngành', 'department'))
  return {
    vi: listed(
      parts.map(({ vi }) => vi),
      'và'
    ),
    en: listed(
      parts.map(({ en }) => en),
      'and'
    )
  }
}

function listed(parts: readonly string[], and: string): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${and} ${last}`
}

import { language } from '../i18n/text.svelte.ts'

const locales = { vi: 'vi-VN', en: 'en-GB' } as const
const whole = { vi: new Intl.NumberFormat(locales.vi), en: new Intl.NumberFormat(locales.en) }
const oneDigit = {
  vi: new Intl.NumberFormat(locales.vi, { maximumFractionDigits: 1 }),
  en: new Intl.NumberFormat(locales.en, { maximumFractionDigits: 1 })
}
const twoDigits = {
  vi: new Intl.NumberFormat(locales.vi, { maximumFractionDigits: 2 }),
  en: new Intl.NumberFormat(locales.en, { maximumFractionDigits: 2 })
}

/** 1.234.567 in Vietnamese, 1,234,567 in English. */
export function count(value: number): string {
  return whole[language.current].format(value)
}

/** A share of one as percent: 84,12 %, with a space that does not break. */
export function percent(share: number): string {
  return `${twoDigits[language.current].format(share * 100)}\u00a0%`
}

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** Bytes in the largest unit that keeps the figure at or above one, powers of 1024. */
export function bytes(value: number): string {
  let size = Math.max(0, value)
  let unit = 0
  while (size >= 1024 && unit < byteUnits.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${oneDigit[language.current].format(size)}\u00a0${byteUnits[unit] ?? 'B'}`
}

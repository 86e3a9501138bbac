import { language } from '../i18n/text.svelte.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in whole words where there is room: 2 ngày, 6 giờ, 41 phút. */
export function longSpan(ms: number): string {
  const [value, vi, en] =
    ms >= 2 * DAY
      ? [Math.floor(ms / DAY), 'ngày', 'day']
      : ms >= HOUR
        ? [Math.floor(ms / HOUR), 'giờ', 'hour']
        : [Math.max(1, Math.floor(ms / MINUTE)), 'phút', 'minute']
  return language.current === 'vi' ? `${value} ${vi}` : `${value} ${en}${value === 1 ? '' : 's'}`
}

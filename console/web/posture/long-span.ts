import { MINUTE_MS } from '#core/time.ts'
import { language } from '../i18n/text.svelte.ts'

const HOUR = 60 * MINUTE_MS
const DAY = 24 * HOUR

/** A length of time in whole words where there is room: 2 ngày, 6 giờ, 41 phút. */
export function longSpan(ms: number): string {
  const [value, vi, en] =
    ms >= 2 * DAY
      ? [Math.floor(ms / DAY), 'ngày', 'day']
      : ms >= HOUR
        ? [Math.floor(ms / HOUR), 'giờ', 'hour']
        : [Math.max(1, Math.floor(ms / MINUTE_MS)), 'phút', 'minute']
  return language.current === 'vi' ? `${value} ${vi}` : `${value} ${en}${value === 1 ? '' : 's'}`
}

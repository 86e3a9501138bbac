import { twoDigits } from '#core/time.ts'

/** Minutes east of UTC as people write them: UTC+07:00. */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `UTC${minutes < 0 ? '−' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
}

import { DAY_MS } from '#core/time.ts'
import type { EncodedEvent, StoreEntry } from '#core/store-entry.ts'
import type { StoreBatch } from '#store/store.ts'
import { dayName, type DayName } from './files.ts'

/** Entries that go into a day file. */
export type Filed = StoreEntry & { fate: 'stored' | 'dead_lettered' }
/** Entries that are only counted; they belong to no day (a spool note has no receive time). */
export type Counted = StoreEntry & { fate: 'duplicate' | 'dropped' | 'joined' }
/** What one day file gets of a batch. */
export type DayPart = { name: DayName; entries: Filed[] }

/** Sorts a batch by where it goes; the parts are in the order of their first entry. */
export function splitBatch(batch: StoreBatch): { parts: DayPart[]; counted: Counted[] } {
  const parts = new Map<string, DayPart>()
  const counted: Counted[] = []
  for (const entry of batch.entries) {
    if (entry.offset < batch.from || entry.offset > batch.to) continue
    if (entry.fate !== 'stored' && entry.fate !== 'dead_lettered') {
      // A replayed frame changes no fate: it counts 0.
      if (entry.count > 0) counted.push(entry as Counted)
      continue
    }
    const key = `${entry.origin} ${Math.floor(entry.receivedAt / DAY_MS)}`
    const part = parts.get(key)
    if (part !== undefined) part.entries.push(entry as Filed)
    else parts.set(key, { name: dayName(entry.origin, entry.receivedAt), entries: [entry as Filed] })
  }
  return { parts: [...parts.values()], counted }
}

/** A time that is no whole number of milliseconds cannot be filed: it is cut, or the receive time stands in. */
export function withSoundTime(event: EncodedEvent, receivedAt: number): EncodedEvent {
  if (Number.isSafeInteger(event.time)) return event
  const whole = Math.trunc(event.time)
  return { ...event, time: Number.isSafeInteger(whole) ? whole : receivedAt }
}

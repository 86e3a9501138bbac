import { eventOf, letterEntry, storedEntry } from './store-contract-events.ts'
import type { StoreEntry } from '#core/store-entry.ts'
import { openSqliteWriter } from '#store/sqlite/writer.ts'

/** Noon before a midnight: batches of the crash test fall on both sides of it. */
export const NOON = Date.UTC(2026, 10, 20, 12)

/** The entry that the crash test writes at an offset: events of two origins and two days, dead letters, notes. */
export function crashEntry(offset: number): StoreEntry {
  const receivedAt = NOON + (offset % 3 === 0 ? 86_400_000 : 0)
  if (offset % 11 === 0) return letterEntry(offset, receivedAt, `letter-${offset}`)
  if (offset % 13 === 0) return { offset, sender: 's1', origin: 'real', receivedAt: 0, fate: 'dropped', count: 2 }
  const event = eventOf({ id: `event-${offset}`, time: receivedAt - (offset % 50), message: `sự kiện ${offset}` })
  return storedEntry(offset, receivedAt, event, { origin: offset % 2 === 0 ? 'real' : 'demonstration' })
}

/** Run as a process: writes from its position on until it is killed, and says each acknowledged offset. */
if (process.argv[1] === import.meta.filename) {
  const writer = openSqliteWriter(process.argv[2]!)
  for (let from = writer.position(0) + 1, size = 7; ; from += size, size = (size * 31) % 97 || 1) {
    const entries = Array.from({ length: size }, (_, index) => crashEntry(from + index))
    await writer.write({ partition: 0, from, to: from + size - 1, entries })
    process.stdout.write(`${from + size - 1}\n`)
  }
}

import type { DeadLetter, DeadLetterInput } from '#core/store-entry.ts'
import { readLetterCursor, writeLetterCursor } from '../letter-cursor.ts'
import type { Connections, KnownDay } from './connections.ts'
import type { DayReader } from './day-reader.ts'
import type { DayName } from './files.ts'

/** Letters of one page, and bytes of their raw frames: a page of large frames is shorter, its cursor goes on. */
const MAX_LETTERS = 500
const MAX_PAGE_BYTES = 16 * 1024 * 1024

type LetterRow = {
  id: string
  received_at: number
  sender: string
  code: string
  spool_offset: number
  envelope: string
  raw: Uint8Array
}
type Head = { id: string; received_at: number; bytes: number; day: DayReader; name: DayName }
type Filter = { sender?: string; code?: string; limit: number; cursor?: string }

/** Dead letters, newest first (by receive time, then id). */
export function listLetters(
  connections: Connections,
  days: KnownDay[],
  filter: Filter
): { letters: DeadLetter[]; cursor?: string } {
  const after = filter.cursor === undefined ? undefined : readLetterCursor(filter.cursor)
  const limit = Math.min(Math.max(Math.trunc(filter.limit) || 1, 1), MAX_LETTERS)
  const heads: Head[] = []
  // Files hold one receive day each: a day is complete before an older one is looked at.
  const withLetters = days.filter(({ state }) => state.letters > 0)
  for (const [index, { name }] of withLetters.entries()) {
    if (after !== undefined && Date.parse(name.day) > after.receivedAt) continue
    connections.using(name, (day) => {
      for (const row of headsOf(day, filter, after, limit + 1)) heads.push({ ...row, day, name })
    })
    if (heads.length > limit && withLetters[index + 1]?.name.day !== name.day) break
  }
  heads.sort((a, b) => b.received_at - a.received_at || (a.id < b.id ? 1 : -1))
  const letters: DeadLetter[] = []
  let bytes = 0
  let last: Head | undefined
  for (const head of heads.slice(0, limit)) {
    bytes += head.bytes
    if (letters.length > 0 && bytes > MAX_PAGE_BYTES) break
    const letter = letterIn(head.day, head.name, head.id)
    if (letter !== undefined) letters.push(letter)
    last = head
  }
  return last !== undefined && last !== heads.at(-1)
    ? { letters, cursor: writeLetterCursor({ receivedAt: last.received_at, id: last.id }) }
    : { letters }
}

function headsOf(
  day: DayReader,
  { sender, code }: Filter,
  after: { receivedAt: number; id: string } | undefined,
  limit: number
): { id: string; received_at: number; bytes: number }[] {
  const conditions: string[] = ['1']
  const values: (string | number)[] = []
  const only = (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition)
    values.push(...given)
  }
  if (after !== undefined) only('(received_at, id) < (?, ?)', after.receivedAt, after.id)
  if (sender !== undefined) only('sender = ?', sender)
  if (code !== undefined) only('code = ?', code)
  return day
    .sql(
      `SELECT id, received_at, length(raw) AS bytes FROM letter WHERE ${conditions.join(' AND ')} ORDER BY received_at DESC, id DESC LIMIT ?`
    )
    .all(...values, limit) as { id: string; received_at: number; bytes: number }[]
}

/** One dead letter of a file. */
export function letterIn(day: DayReader, name: DayName, id: string): DeadLetter | undefined {
  const row = day.sql('SELECT * FROM letter WHERE id = ?').get(id) as LetterRow | undefined
  if (row === undefined) return undefined
  return {
    ...(JSON.parse(row.envelope) as Omit<DeadLetterInput, 'id' | 'code' | 'raw'>),
    id: row.id,
    code: row.code,
    raw: Buffer.from(row.raw).toString('base64'),
    sender: row.sender,
    origin: name.origin,
    receivedAt: row.received_at,
    offset: row.spool_offset
  }
}

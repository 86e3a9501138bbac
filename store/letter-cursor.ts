import { SocError } from '#core/errors.ts'
import { DAY_MS } from '#core/time.ts'

/** Place in the list of dead letters, newest first. */
export type LetterPlace = { receivedAt: number; id: string }

/** The place as text that a client hands back. */
export function writeLetterCursor({ receivedAt, id }: LetterPlace): string {
  return Buffer.from(JSON.stringify([receivedAt, id])).toString('base64url')
}

/** Throws `query.bad_cursor` for a text that is not ours. */
export function readLetterCursor(text: string): LetterPlace {
  const fault = new SocError('query.bad_cursor', 'this cursor was not made here', { status: 400 })
  if (text.length > 4_096) throw fault
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch (error) {
    throw fault
  }
  const [receivedAt, id] = Array.isArray(read) ? (read as unknown[]) : []
  if (!Number.isSafeInteger(receivedAt) || typeof id !== 'string') throw fault
  // A far-off time would not be a day; the comparison by day needs none.
  return { receivedAt: Math.min(receivedAt as number, 8.64e15 - DAY_MS), id }
}

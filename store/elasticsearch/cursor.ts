import { SocError } from '#core/errors.ts'

/** Place in the order of all events: newest first, then by id and index, greatest first. */
export type Place = { time: number; id: string; index: string }

/** Longest cursor that is read: an id of 512 bytes and a name, as base64url. */
const MAX_CURSOR = 2_048

/** The place as text that a client hands back. */
export function writePlace({ time, id, index }: Place): string {
  return Buffer.from(JSON.stringify([time, id, index])).toString('base64url')
}

/** Throws `query.bad_cursor` for a text that is not ours. */
export function readPlace(text: string): Place {
  const fault = new SocError('query.bad_cursor', 'this cursor was not made here', { status: 400 })
  if (text.length > MAX_CURSOR) throw fault
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch (error) {
    throw fault
  }
  if (!Array.isArray(read)) throw fault
  const [time, id, index] = read as unknown[]
  if (!Number.isSafeInteger(time) || typeof id !== 'string' || typeof index !== 'string') throw fault
  return { time: time as number, id, index }
}

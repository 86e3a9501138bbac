import { SocError } from '#core/errors.ts'
import type { Query } from '../query/ast.ts'
import type { Before, Candidate, DayReader } from './day-reader.ts'
import type { Connections, KnownDay } from './connections.ts'
import { isDamage, readDayName, type DayName } from './files.ts'
import type { Plan } from './plan.ts'

/**
 * Streams open at once in one search. Days overlap in event time by late events (30 days at most by the time rules of the
 * collector), so this is not reached in practice; beyond it the search ends as partial.
 */
const MAX_STREAMS = 128

/** An event that the index found, in its file. */
export type Found = Candidate & { name: DayName; day: DayReader; plan: Plan }
/** Place in the order of all events: newest first, then by file and key, greatest first. */
export type Place = { time: number; file: string; key: number }

/** The place as text that a client hands back. */
export function writeCursor({ time, file, key }: Place): string {
  return Buffer.from(JSON.stringify([time, file, key])).toString('base64url')
}

/** Throws `query.bad_cursor` for a text that is not ours. */
export function readCursor(text: string): Place {
  const fault = new SocError('query.bad_cursor', 'this cursor was not made here', { status: 400 })
  if (text.length > 256) throw fault
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch (error) {
    throw fault
  }
  if (!Array.isArray(read)) throw fault
  const [time, file, key] = read as unknown[]
  if (!Number.isSafeInteger(time) || !Number.isSafeInteger(key)) throw fault
  if (typeof file !== 'string' || readDayName(file) === undefined) throw fault
  return { time: time as number, file, key: key as number }
}

type Stream = {
  name: DayName
  odd: boolean
  greatest: number
  head?: Found
  rest?: Iterator<Candidate>
  day?: DayReader
  plan?: Plan
}

/** What a search walks over. */
export type Walk = {
  query: Query
  units: readonly string[] | undefined
  from: number
  to: number
  after: Place | undefined
}

/** All candidates of all files, newest first. A file is opened when the walk comes to its newest event. */
export class Merge {
  /** Something could not be looked at: a damaged file, or too many streams. */
  incomplete = false
  readonly #walk: Walk
  readonly #connections: Connections
  /** By greatest time, the newest last. */
  readonly #waiting: Stream[]
  readonly #active: Stream[] = []

  constructor(connections: Connections, days: KnownDay[], walk: Walk) {
    this.#connections = connections
    this.#walk = walk
    const limit = walk.after === undefined ? walk.to : Math.min(walk.to, walk.after.time + 1)
    const streams: Stream[] = []
    for (const { name, state } of days) {
      const add = (odd: boolean, least: number | undefined, greatest: number | undefined) => {
        if (least === undefined || greatest === undefined || least >= limit || greatest < walk.from) return
        streams.push({ name, odd, greatest: Math.min(greatest, limit - 1) })
      }
      add(false, state.least, state.greatest)
      add(true, state.oddLeast, state.oddGreatest)
    }
    this.#waiting = streams.sort((a, b) => a.greatest - b.greatest)
  }

  next(): Found | undefined {
    for (;;) {
      const best = this.#best()
      const waiting = this.#waiting.at(-1)
      if (waiting !== undefined && (best === undefined || waiting.greatest >= best.head!.time)) {
        this.#waiting.pop()
        this.#start(waiting)
        continue
      }
      if (best === undefined) return undefined
      const found = best.head!
      this.#advance(best)
      return found
    }
  }

  /** Ends the statements that are still open. */
  close() {
    for (const stream of this.#active) stream.rest?.return?.()
    this.#active.length = 0
  }

  #best(): Stream | undefined {
    let best: Stream | undefined
    for (const stream of this.#active) if (best === undefined || comesBefore(stream.head!, best.head!)) best = stream
    return best
  }

  #start(stream: Stream) {
    if (this.#active.length >= MAX_STREAMS) {
      this.incomplete = true
      return
    }
    const { query, units, from, to } = this.#walk
    const day = this.#connections.open(stream.name)
    const plan = day && this.#connections.using(stream.name, () => day.plan(query, units))
    if (day === undefined || plan === undefined) {
      this.incomplete ||= this.#connections.damaged.has(stream.name.file)
      return
    }
    if (plan === 'nothing') return
    const before = this.#before(stream.name)
    stream.day = day
    stream.plan = plan
    stream.rest = stream.odd ? day.odd(plan, from, to, before) : day.inWindow(plan, from, to, before)
    this.#active.push(stream)
    this.#advance(stream)
  }

  /** What the place after which the search goes on means in this file. */
  #before(name: DayName): Before | undefined {
    const { after } = this.#walk
    if (after === undefined) return undefined
    if (name.file === after.file) return { time: after.time, key: after.key }
    // Equal times: files with a smaller name come later in the order.
    return { time: name.file < after.file ? after.time + 1 : after.time }
  }

  #advance(stream: Stream) {
    let next: IteratorResult<Candidate> | undefined
    try {
      next = stream.rest!.next()
    } catch (error) {
      if (!isDamage(error)) throw error
      this.#connections.damaged.add(stream.name.file)
      this.incomplete = true
    }
    if (next === undefined || next.done === true) {
      this.#active.splice(this.#active.indexOf(stream), 1)
      return
    }
    stream.head = { ...next.value, name: stream.name, day: stream.day!, plan: stream.plan! }
  }
}

function comesBefore(a: Found, b: Found): boolean {
  if (a.time !== b.time) return a.time > b.time
  if (a.name.file !== b.name.file) return a.name.file > b.name.file
  return a.key > b.key
}

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { EcsEvent, JsonObject } from '#core/event.ts'
import type { Budget, SearchAnswer, SearchHit, SearchRequest, StoreReader } from '#core/event-search.ts'
import { pageSize, readQuery, seesNothing } from '../request.ts'
import type { BlockRow } from './blocks.ts'
import { Connections, type KnownDay } from './connections.ts'
import { acceptsRow } from './compare.ts'
import { countByTime } from './counting.ts'
import { BudgetSpent, Deadline, type Running } from './deadline.ts'
import { away, isDamage, type DayName } from './files.ts'
import { letterIn, listLetters } from './letters.ts'
import { Merge, readCursor, writeCursor } from './merge.ts'

export type SqliteReaderOptions = { clock?: Clock }

/**
 * Opens the embedded home for reading. The folder need not exist yet; day files are noticed as they come and go. Searches
 * throw `query.*` (status 400) for a query or cursor that cannot be read and `store.away` when the files cannot be reached.
 * node:sqlite cannot be interrupted from outside: the budget is asked inside loops and, for each row, inside statements.
 */
export function openSqliteReader(folder: string, options: SqliteReaderOptions = {}): StoreReader {
  return new Reader(folder, options.clock ?? systemClock)
}

class Reader implements StoreReader {
  readonly #folder: string
  readonly #clock: Clock
  readonly #running: Running = { deadline: undefined }
  readonly #connections: Connections

  constructor(folder: string, clock: Clock) {
    this.#folder = folder
    this.#clock = clock
    this.#connections = new Connections(folder, this.#running)
  }

  async search(request: SearchRequest, budget: Budget): Promise<SearchAnswer> {
    const query = readQuery(request, this.#clock.now())
    const after = request.cursor === undefined ? undefined : readCursor(request.cursor)
    const limit = pageSize(request.limit)
    return this.#within(budget, (deadline) => {
      if (seesNothing(request)) return { hits: [], partial: false, tookMs: deadline.tookMs }
      const { from, to, units } = request
      const hits: SearchHit[] = []
      let partial = false
      let last = after
      let merge: Merge | undefined
      let ended = false
      try {
        merge = new Merge(this.#connections, this.#days(request.origins), { query, units, from, to, after })
        const accepts = acceptsRow(query)
        while (hits.length < limit) {
          const found = merge.next()
          if (found === undefined) {
            ended = true
            break
          }
          last = { time: found.time, file: found.name.file, key: found.key }
          const row = this.#connections.using(found.name, () => found.day.row(found.place))
          // A block that cannot be read hides its events, not the others.
          if (row === undefined) partial = true
          else if (found.plan.exact || accepts(row)) hits.push(hitOf(found.name, row, found.time))
          if (hits.length < limit && deadline.spent) throw new BudgetSpent()
        }
        if (!ended) ended = merge.next() === undefined
      } catch (error) {
        if (!(error instanceof BudgetSpent)) throw error
        // A full page that only failed to look whether there is more is not partial.
        partial ||= hits.length < limit
      } finally {
        merge?.close()
      }
      const damagedDays = this.#connections.damagedDays(request.origins)
      partial ||= merge?.incomplete === true || damagedDays.length > 0
      const cursor = ended ? undefined : last && writeCursor(last)
      const named = damagedDays.length === 0 ? {} : { damagedDays }
      return { hits, ...(cursor === undefined ? {} : { cursor }), partial, ...named, tookMs: deadline.tookMs }
    })
  }

  async histogram(request: Omit<SearchRequest, 'limit' | 'cursor'>, buckets: number, budget: Budget) {
    const query = readQuery(request, this.#clock.now())
    return this.#within(budget, (deadline) => {
      const { from, to, units } = request
      const days = seesNothing(request) ? [] : this.#days(request.origins)
      const counted = countByTime(this.#connections, days, { query, units, from, to }, buckets, deadline)
      const damaged = this.#connections.damagedDays(request.origins).length > 0
      return { ...counted, partial: counted.partial || damaged }
    })
  }

  async byId(id: string): Promise<SearchHit | undefined> {
    return this.#reading(() => {
      for (const { name, state } of this.#connections.days()) {
        if (state.events === 0) continue
        const found = this.#connections.using(name, (day) => day.byId(id))
        if (found !== undefined) return hitOf(name, found.row, found.time)
      }
      return undefined
    })
  }

  async deadLetters(filter: { sender?: string; code?: string; limit: number; cursor?: string }) {
    return this.#reading(() => listLetters(this.#connections, this.#connections.days(), filter))
  }

  async deadLetter(id: string) {
    return this.#reading(() => {
      for (const { name, state } of this.#connections.days()) {
        if (state.letters === 0) continue
        const letter = this.#connections.using(name, (day) => letterIn(day, name, id))
        if (letter !== undefined) return letter
      }
      return undefined
    })
  }

  async days() {
    return this.#reading(() =>
      this.#connections.days().map(({ name, state }) => ({
        day: name.day,
        origin: name.origin,
        events: state.events,
        bytes: sizeOf(join(this.#folder, name.file)) + sizeOf(join(this.#folder, `${name.file}-wal`))
      }))
    )
  }

  async close(): Promise<void> {
    this.#connections.close()
  }

  #days(origins: readonly string[]): KnownDay[] {
    return this.#connections.days().filter(({ name }) => origins.includes(name.origin))
  }

  #within<T>(budget: Budget, act: (deadline: Deadline) => T): T {
    const deadline = new Deadline(this.#clock, budget.deadlineMs)
    this.#running.deadline = deadline
    try {
      return this.#reading(() => act(deadline))
    } finally {
      this.#running.deadline = undefined
    }
  }

  #reading<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof SocError && error.code.startsWith('query.')) throw error
      if (isDamage(error)) throw new SocError('store.damaged', 'a store file is damaged', { cause: error, status: 503 })
      throw away(error, 'the store cannot be read')
    } finally {
      this.#connections.trim()
    }
  }
}

function hitOf(name: DayName, row: BlockRow, time: number): SearchHit {
  return { id: row.id, time, origin: name.origin, event: JSON.parse(row.json) as JsonObject as EcsEvent }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

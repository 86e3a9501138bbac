import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Query } from '../query/ast.ts'
import { BLOCK_EVENTS, unpackBlock, type BlockRow } from './blocks.ts'
import type { Running } from './deadline.ts'
import { FIRST_ODD, keyWindow, PER_MS, type KeyWindow } from './event-keys.ts'
import { readState, type DayName, type DayState } from './files.ts'
import { idToken } from './index-tokens.ts'
import { planQuery, type Plan } from './plan.ts'

/** Page cache of one file being read, KiB; 16 files stay open (connections.ts), so 16 MiB in all. */
const CACHE_KIB = 1_024
/** A pattern that fits more values than this is compared with the documents instead. */
const MAX_EXPANDED = 256
/** Values of one field that are tried against a pattern in one file; more distinct ones are left to the documents. */
const MAX_TERMS = 200_000

/** Where an event lies: its time, its key (ties go by it) and its place among the blocks. */
export type Candidate = { time: number; key: number; place: number }
/** Only events before this one: older, or as old with a lower key. `key` undefined: older only. */
export type Before = { time: number; key?: number }

/** Decoded blocks of one file, kept between searches; the oldest gives way. */
const KEPT_BLOCKS = 24

/** One day file, open for reading. */
export class DayReader {
  readonly name: DayName
  readonly path: string
  /** Tells a file from another that came later under the same name. */
  readonly inode: number
  readonly #database: DatabaseSync
  readonly #window: KeyWindow
  readonly #statements = new Map<string, StatementSync>()
  readonly #blocks = new Map<number, BlockRow[]>()

  constructor(folder: string, name: DayName, running: Running) {
    this.name = name
    this.path = join(folder, name.file)
    this.#window = keyWindow(name.day)
    this.inode = statSync(this.path).ino
    this.#database = new DatabaseSync(this.path, { readOnly: true })
    this.#database.exec(`PRAGMA busy_timeout=1000; PRAGMA cache_size=-${CACHE_KIB}; PRAGMA query_only=ON`)
    this.#database.function('within_budget', { deterministic: false }, () => running.deadline?.check() ?? 1)
  }

  state(): DayState {
    return readState(this.#database)
  }

  /** The query as this file's index can answer it. */
  plan(query: Query, units: readonly string[] | undefined): Plan | 'nothing' {
    return planQuery(query, units, (letter, accepts) => this.#fieldTokens(letter, accepts))
  }

  #fieldTokens(letter: string, accepts: (token: string) => boolean): string[] | undefined {
    const found: string[] = []
    let looked = 0
    // '>' follows '=' in ASCII: the range holds exactly the tokens that begin with `letter=`.
    const terms = this.#database
      .prepare('SELECT term FROM vocabulary WHERE term >= ? AND term < ? AND within_budget()')
      .iterate(`${letter}=`, `${letter}>`) as Iterable<{ term: string }>
    for (const { term } of terms) {
      if (++looked > MAX_TERMS) return undefined
      if (!accepts(term)) continue
      if (found.length >= MAX_EXPANDED) return undefined
      found.push(term)
    }
    return found
  }

  /** Candidates whose time is in order, newest first: `from` ≤ time < `to`, and before `before`. */
  *inWindow(plan: Plan, from: number, to: number, before: Before | undefined): Generator<Candidate> {
    const low = this.#window.atOrAfter(from)
    const high = Math.min(this.#window.atOrAfter(to), before === undefined ? FIRST_ODD : this.#keyLimit(before))
    const rows =
      plan.match === undefined
        ? this.#iterate(
            'SELECT key, place FROM event WHERE key >= ? AND key < ? AND within_budget() ORDER BY key DESC',
            low,
            high
          )
        : this.#iterate(
            `SELECT w.rowid AS key, e.place FROM words w CROSS JOIN event e ON e.key = w.rowid
             WHERE w.words MATCH ? AND w.rowid >= ? AND w.rowid < ? AND within_budget() ORDER BY w.rowid DESC`,
            plan.match,
            low,
            high
          )
    for (const { key, place } of rows as Iterable<{ key: number; place: number }>)
      yield { time: this.#window.timeOf(key), key, place }
  }

  /** First key that does not lie before this event. */
  #keyLimit(before: Before): number {
    if (before.key === undefined) return this.#window.atOrAfter(before.time)
    return before.key < FIRST_ODD ? before.key : this.#window.atOrAfter(before.time + 1)
  }

  /** The same among the odd events (event-keys.ts). */
  *odd(plan: Plan, from: number, to: number, before: Before | undefined): Generator<Candidate> {
    const limit = before === undefined ? { time: to, key: -1 } : { time: before.time, key: before.key ?? -1 }
    const rows = this.#iterate(
      `SELECT o.time, o.key, e.place FROM odd o JOIN event e ON e.key = o.key
       WHERE o.time >= ? AND o.time < ? AND (o.time, o.key) < (?, ?) ${oddMatch(plan)} AND within_budget()
       ORDER BY o.time DESC, o.key DESC`,
      from,
      to,
      limit.time,
      limit.key,
      ...(plan.match === undefined ? [] : [plan.match])
    )
    yield* rows as Iterable<Candidate>
  }

  /**
   * Events in order with `from` ≤ time < `to` that the index finds, by stretches of `widthMs` counted from `first` ≤ from.
   * One statement for all: each start in the index costs milliseconds.
   */
  counts(plan: Plan, from: number, to: number, first: number, widthMs: number): { bucket: number; n: number }[] {
    const values = [
      this.#window.at(first),
      widthMs * PER_MS,
      ...(plan.match === undefined ? [] : [plan.match]),
      this.#window.atOrAfter(from),
      this.#window.atOrAfter(to)
    ]
    // Whole numbers throughout: in floating point the last event of a stretch could fall into the next.
    const bucket = (key: string) => `(${key} - CAST(? AS INTEGER)) / CAST(? AS INTEGER) AS bucket`
    const text =
      plan.match === undefined
        ? `SELECT ${bucket('key')}, count(*) AS n FROM event WHERE key >= ? AND key < ? GROUP BY bucket`
        : `SELECT ${bucket('rowid')}, count(*) AS n FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? GROUP BY bucket`
    return this.#sql(text).all(...values) as { bucket: number; n: number }[]
  }

  /** Times of the odd events that the index finds. */
  *oddTimes(plan: Plan, from: number, to: number): Generator<number> {
    const rows = this.#iterate(
      `SELECT o.time FROM odd o WHERE o.time >= ? AND o.time < ? ${oddMatch(plan)} AND within_budget()`,
      from,
      to,
      ...(plan.match === undefined ? [] : [plan.match])
    )
    for (const { time } of rows as Iterable<{ time: number }>) yield time
  }

  /**
   * Events of whole minutes from the rollup, all or those of some units (affected or sender), by stretches of
   * `widthMinutes` counted from `first` ≤ fromMinute.
   */
  minuteCounts(
    units: readonly string[] | undefined,
    fromMinute: number,
    toMinute: number,
    first: number,
    widthMinutes: number
  ): { bucket: number; n: number }[] {
    const among = 'AND (unit IN (SELECT value FROM json_each(?)) OR sender_unit IN (SELECT value FROM json_each(?)))'
    const list = JSON.stringify(units ?? [])
    return this.#sql(
      `SELECT (minute - CAST(? AS INTEGER)) / CAST(? AS INTEGER) AS bucket, sum(n) AS n FROM rollup
       WHERE minute >= ? AND minute < ? ${units === undefined ? '' : among} GROUP BY bucket`
    ).all(first, widthMinutes, fromMinute, toMinute, ...(units === undefined ? [] : [list, list])) as {
      bucket: number
      n: number
    }[]
  }

  /** The event at a place; undefined when the block does not hold it, which is damage. */
  row(place: number): BlockRow | undefined {
    const id = Math.floor(place / BLOCK_EVENTS)
    const index = place % BLOCK_EVENTS
    const kept = this.#blocks.get(id)
    // The last block grows: a copy may be older than the place.
    if (kept !== undefined && index < kept.length) return kept[index]
    const block = this.#sql('SELECT rows FROM block WHERE id=?').get(id) as { rows: Uint8Array } | undefined
    if (block === undefined) return undefined
    const rows = unpackBlock(block.rows)
    this.#blocks.delete(id)
    this.#blocks.set(id, rows)
    if (this.#blocks.size > KEPT_BLOCKS) this.#blocks.delete(this.#blocks.keys().next().value!)
    return rows[index]
  }

  /** The event with this id and its time. */
  byId(id: string): { row: BlockRow; time: number } | undefined {
    const found = this.#sql(
      'SELECT w.rowid AS key, e.place FROM words w JOIN event e ON e.key = w.rowid WHERE w.words MATCH ?'
    ).all(`"${idToken(id)}"`) as { key: number; place: number }[]
    for (const { key, place } of found) {
      const row = this.row(place)
      if (row?.id !== id) continue
      if (key < FIRST_ODD) return { row, time: this.#window.timeOf(key) }
      const odd = this.#sql('SELECT time FROM odd WHERE key = ?').get(key) as { time: number } | undefined
      if (odd !== undefined) return { row, time: odd.time }
    }
    return undefined
  }

  /** A statement for letters.ts. */
  sql(text: string): StatementSync {
    return this.#sql(text)
  }

  close() {
    this.#database.close()
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  /** A statement of its own: two walks over one statement would disturb each other. */
  #iterate(text: string, ...values: (string | number)[]): Iterable<unknown> {
    return this.#database.prepare(text).iterate(...values)
  }
}

function oddMatch(plan: Plan): string {
  return plan.match === undefined
    ? ''
    : `AND o.key IN (SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ${FIRST_ODD})`
}

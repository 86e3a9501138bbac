import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import type { DeadLetter, DeadLetterInput } from '#core/store-entry.ts'
import { fateKey, LedgerTotals, type DayFate } from '../ledger-totals.ts'
import { readLetterCursor, writeLetterCursor } from '../letter-cursor.ts'

/*
 * `es-state.db`: what must change together with our position and so cannot lie in Elasticsearch, which has no transaction
 * with us: the position, the ledger counters and the dead letters. It commits with synchronous=FULL after Elasticsearch has
 * answered, so a position read from it is durable.
 */

const STATE_FILE = 'es-state.db'
const LAYOUT = 1
/** Letters of one page, and bytes of their raw frames: a page of large frames is shorter, its cursor goes on. */
const MAX_LETTERS = 500
const MAX_PAGE_BYTES = 16 * 1024 * 1024

const schema = `
CREATE TABLE fate(origin TEXT NOT NULL, sender TEXT NOT NULL, fate TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY(origin, sender, fate)) STRICT, WITHOUT ROWID;
CREATE TABLE position(partition INTEGER PRIMARY KEY, stored INTEGER NOT NULL) STRICT;
CREATE TABLE letter(id TEXT NOT NULL, origin TEXT NOT NULL, day INTEGER NOT NULL, received_at INTEGER NOT NULL,
  sender TEXT NOT NULL, code TEXT NOT NULL, spool_offset INTEGER NOT NULL, envelope TEXT NOT NULL, raw BLOB NOT NULL,
  PRIMARY KEY(origin, day, id)) STRICT;
CREATE INDEX letter_by_time ON letter(received_at, id);
CREATE INDEX letter_by_id ON letter(id);
`

const dayOf = (receivedAt: number) => Math.floor(receivedAt / DAY_MS)

/** The changes of one transaction. */
export type Changes = {
  partition?: { number: number; stored: number }
  fates: { origin: Origin; sender: string; fate: DayFate; n: number }[]
  letters?: (DeadLetterInput & Omit<DeadLetter, keyof DeadLetterInput>)[]
  /** A letter that became an event. */
  /** Events created, by index. */
  filed?: Iterable<[index: string, n: number]>
  resolved?: { id: string; origin: Origin; receivedAt: number }
}

/** The writer's side of `es-state.db`. One writer only. */
export class WriterState {
  /** False when this state was made before indices were counted one by one. */
  readonly countsByIndex: boolean
  readonly totals = new LedgerTotals()
  readonly #positions = new Map<number, number>()
  readonly #database: DatabaseSync

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#database = new DatabaseSync(join(folder, STATE_FILE))
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000')
    const { user_version: layout } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (layout > LAYOUT) {
      this.#database.close()
      throw new SocError('store.newer', `${STATE_FILE} was written by a newer version`)
    }
    if (layout === 0) this.#database.exec(`BEGIN; ${schema} PRAGMA user_version=${LAYOUT}; COMMIT`)
    // Beside the layout: a state of a version that did not count by index has none, and begins with what is there.
    this.countsByIndex =
      layout === 0 || this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE name='filed'").get() !== undefined
    this.#database.exec('CREATE TABLE IF NOT EXISTS filed(name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT')
    const counts = this.#database.prepare('SELECT origin, sender, fate, n FROM fate').all() as Changes['fates']
    for (const { origin, sender, fate, n } of counts) this.totals.addOne(origin, sender, fate, n)
    const positions = this.#database.prepare('SELECT * FROM position').all() as { partition: number; stored: number }[]
    for (const { partition, stored } of positions) this.#positions.set(partition, stored)
  }

  position(partition: number): number {
    return this.#positions.get(partition) ?? -1
  }

  /** Commits everything or nothing; what is remembered here follows the commit. */
  commit({ partition, fates, letters = [], resolved, filed = [] }: Changes) {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const letter = this.#database.prepare('INSERT OR IGNORE INTO letter VALUES(?,?,?,?,?,?,?,?,?)')
      for (const { id, code, raw, sender, origin, receivedAt, offset, ...envelope } of letters) {
        const bytes = Buffer.from(raw, 'base64')
        const values = [id, origin, dayOf(receivedAt), receivedAt, sender, code, offset] as const
        letter.run(...values, JSON.stringify(envelope), bytes)
      }
      if (resolved !== undefined)
        this.#database
          .prepare('DELETE FROM letter WHERE origin=? AND day=? AND id=?')
          .run(resolved.origin, dayOf(resolved.receivedAt), resolved.id)
      const count = this.#database.prepare(
        'INSERT INTO fate VALUES(?,?,?,?) ON CONFLICT(origin, sender, fate) DO UPDATE SET n = n + excluded.n'
      )
      for (const { origin, sender, fate, n } of fates) count.run(origin, sender, fate, n)
      const file = this.#database.prepare(
        'INSERT INTO filed VALUES(?,?) ON CONFLICT(name) DO UPDATE SET n = n + excluded.n'
      )
      for (const [index, n] of filed) file.run(index, n)
      if (partition !== undefined)
        this.#database
          .prepare('INSERT INTO position VALUES(?,?) ON CONFLICT(partition) DO UPDATE SET stored=excluded.stored')
          .run(partition.number, partition.stored)
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
    for (const { origin, sender, fate, n } of fates) this.totals.add(origin, [[fateKey(sender, fate), n]])
    if (partition !== undefined) this.#positions.set(partition.number, partition.stored)
  }

  /** Events created in each index, by our own count. */
  filed(): ReadonlyMap<string, number> {
    const rows = this.#database.prepare('SELECT name, n FROM filed').all() as { name: string; n: number }[]
    return new Map(rows.map(({ name, n }) => [name, n]))
  }

  /** Retention has removed the index. */
  forgetFiled(index: string) {
    this.#database.prepare('DELETE FROM filed WHERE name=?').run(index)
  }

  /** Sender of a letter that is still here. */
  letterSender(id: string, origin: Origin, receivedAt: number): string | undefined {
    const row = this.#database
      .prepare('SELECT sender FROM letter WHERE origin=? AND day=? AND id=?')
      .get(origin, dayOf(receivedAt), id) as { sender: string } | undefined
    return row?.sender
  }

  /** Letters go with the days they were received on; the ledger keeps counting them. */
  expireLetters(what: { beforeMs: number } | { origin: Origin }) {
    if ('origin' in what) this.#database.prepare('DELETE FROM letter WHERE origin=?').run(what.origin)
    else this.#database.prepare('DELETE FROM letter WHERE (day + 1) * ? <= ?').run(DAY_MS, Math.trunc(what.beforeMs))
  }

  close() {
    this.#database.close()
  }
}

type LetterRow = {
  id: string
  origin: Origin
  received_at: number
  sender: string
  code: string
  spool_offset: number
  envelope: string
  raw: Uint8Array
}

/** The reader's side: dead letters. The file need not be there yet. */
export class ReaderState {
  readonly #path: string
  #database: DatabaseSync | undefined

  constructor(folder: string) {
    this.#path = join(folder, STATE_FILE)
  }

  /** Newest first, by receive time, then id and origin. */
  letters(filter: { sender?: string; code?: string; limit: number; cursor?: string }): {
    letters: DeadLetter[]
    cursor?: string
  } {
    const after = filter.cursor === undefined ? undefined : readLetterCursor(filter.cursor)
    const limit = Math.min(Math.max(Math.trunc(filter.limit) || 1, 1), MAX_LETTERS)
    const database = this.#opened()
    if (database === undefined) return { letters: [] }
    const conditions = ['1']
    const values: (string | number)[] = []
    const only = (condition: string, ...given: (string | number)[]) => {
      conditions.push(condition)
      values.push(...given)
    }
    if (after !== undefined) only('(received_at, id) < (?, ?)', after.receivedAt, after.id)
    if (filter.sender !== undefined) only('sender = ?', filter.sender)
    if (filter.code !== undefined) only('code = ?', filter.code)
    const rows = database
      .prepare(
        `SELECT * FROM letter WHERE ${conditions.join(' AND ')} ORDER BY received_at DESC, id DESC LIMIT ${limit + 1}`
      )
      .iterate(...values) as Iterable<LetterRow>
    const letters: DeadLetter[] = []
    let bytes = 0
    for (const row of rows) {
      bytes += row.raw.length
      const last = letters.at(-1)
      if (last !== undefined && (letters.length >= limit || bytes > MAX_PAGE_BYTES))
        return { letters, cursor: writeLetterCursor(last) }
      letters.push(letterOf(row))
    }
    return { letters }
  }

  letter(id: string): DeadLetter | undefined {
    const row = this.#opened()
      ?.prepare('SELECT * FROM letter WHERE id = ? ORDER BY received_at DESC LIMIT 1')
      .get(id) as LetterRow | undefined
    return row && letterOf(row)
  }

  close() {
    this.#database?.close()
    this.#database = undefined
  }

  #opened(): DatabaseSync | undefined {
    if (this.#database === undefined) {
      if (!existsSync(this.#path)) return undefined
      this.#database = new DatabaseSync(this.#path, { readOnly: true })
      this.#database.exec('PRAGMA busy_timeout=1000')
    }
    const { user_version: layout } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number }
    // 0: the writer is just making it.
    return layout === 0 ? undefined : this.#database
  }
}

function letterOf(row: LetterRow): DeadLetter {
  return {
    ...(JSON.parse(row.envelope) as Omit<DeadLetterInput, 'id' | 'code' | 'raw'>),
    id: row.id,
    code: row.code,
    raw: Buffer.from(row.raw).toString('base64'),
    sender: row.sender,
    origin: row.origin,
    receivedAt: row.received_at,
    offset: row.spool_offset
  }
}

import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { SocError } from '#core/errors.ts'
import type { DeadLetterInput, EncodedEvent } from '#core/store-entry.ts'
import type { SealedDay } from './catalog.ts'
import { BLOCK_CHARACTERS, BLOCK_EVENTS, blockRow, packBlock, unpackBlock, type BlockRow } from './blocks.ts'
import { FIRST_ODD, keyWindow, PER_MS, type KeyWindow } from './event-keys.ts'
import { isFull, LAYOUT, readState, schema, syncFile, syncFolder, type DayName, type DayState } from './files.ts'
import { fateKey, type DayFate, type FateCounts } from '../ledger-totals.ts'
import { idToken, indexText } from './index-tokens.ts'
import { lanesOf, SeenIds } from './seen-ids.ts'

/** Page cache of one file being written, KiB. Up to three are open (writer.ts). */
const CACHE_KIB = 24 * 1024
/** Pages of write-ahead log before SQLite moves them into the file by itself: 32 MiB. */
const CHECKPOINT_PAGES = 4_000

/** An event to be filed, with the sender of its frame. */
export type FiledEvent = { event: EncodedEvent; sender: string }

/**
 * One day file, open for writing. Every change happens between `begin` and `commit`; after an error the object is thrown
 * away (`abandon`) and the file opened anew, because what it remembers would be ahead of the file.
 */
export class DayFile {
  readonly name: DayName
  readonly path: string
  readonly state: DayState
  readonly fates: FateCounts = new Map()
  /** Partition → highest offset whose entries for this file are in it, and the resume position it vouches for. */
  readonly positions = new Map<number, { stored: number; resume: number }>()
  /** Changed since it was last made durable. */
  dirty = true
  readonly #database: DatabaseSync
  readonly #window: KeyWindow
  readonly #seen = new SeenIds()
  readonly #statements = new Map<string, StatementSync>()
  #lastBlock = 0
  /** Rows of the last block while it is not full: it is written again with more rows. */
  #tail: BlockRow[] = []

  constructor(folder: string, name: DayName) {
    this.name = name
    this.path = join(folder, name.file)
    this.#window = keyWindow(name.day)
    if (!existsSync(this.path)) create(folder, this.path)
    this.#database = new DatabaseSync(this.path)
    try {
      this.#database.exec(
        `PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000; PRAGMA cache_size=-${CACHE_KIB}; PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}; PRAGMA journal_size_limit=${64 * 1024 * 1024}`
      )
      const { user_version: layout } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number }
      if (layout > LAYOUT) throw new SocError('store.newer', `${this.path} was written by a newer version`)
      this.state = readState(this.#database)
      this.#readLedger()
      this.#readBlocks()
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** What the catalog keeps of the file. */
  snapshot(): SealedDay {
    return { state: { ...this.state }, fates: [...this.fates], positions: [...this.positions] }
  }

  /** Highest offset of this partition that is in the file, -1 when none. */
  stored(partition: number): number {
    return this.positions.get(partition)?.stored ?? -1
  }

  begin() {
    this.#database.exec('BEGIN IMMEDIATE')
    this.dirty = true
  }

  /** Commits what was filed since `begin`, with the position it stands for. */
  commit() {
    const { state } = this
    this.#sql(
      'UPDATE state SET events=?, letters=?, least=?, greatest=?, odd_least=?, odd_greatest=?, next_odd=? WHERE one=1'
    ).run(
      state.events,
      state.letters,
      state.least ?? null,
      state.greatest ?? null,
      state.oddLeast ?? null,
      state.oddGreatest ?? null,
      state.nextOdd
    )
    this.#database.exec('COMMIT')
  }

  setPosition(partition: number, stored: number, resume: number) {
    this.positions.set(partition, { stored, resume })
    this.#sql(
      'INSERT INTO position VALUES(?,?,?) ON CONFLICT(partition) DO UPDATE SET stored=excluded.stored, resume=excluded.resume'
    ).run(partition, stored, resume)
  }

  count(sender: string, fate: DayFate, n: number) {
    if (n === 0) return
    const key = fateKey(sender, fate)
    this.fates.set(key, (this.fates.get(key) ?? 0) + n)
    this.#sql('INSERT INTO fate VALUES(?,?,?) ON CONFLICT(sender, fate) DO UPDATE SET n = n + excluded.n').run(
      sender,
      fate,
      n
    )
  }

  /** Files events whose id is not here yet and counts each as stored, or as duplicate. */
  fileEvents(events: readonly FiledEvent[]) {
    const fresh = this.#onlyNew(events)
    if (fresh.length === 0) return
    // The index wants rising keys; equal times keep their order of arrival.
    const sorted = fresh.toSorted((a, b) => a.event.time - b.event.time)
    const keys = this.#allocate(sorted)
    const insertEvent = this.#sql('INSERT INTO event VALUES(?,?)')
    const insertWords = this.#sql('INSERT INTO words(rowid, t) VALUES(?,?)')
    const places = this.#fileBlocks(sorted)
    // Odd keys are above all others: in key order they come last.
    const order = keys.map((_, index) => index).sort((a, b) => keys[a]! - keys[b]!)
    for (const index of order) {
      const { event, sender } = sorted[index]!
      insertEvent.run(keys[index]!, places[index]!)
      insertWords.run(keys[index]!, indexText(event, sender))
    }
    this.#rollUp(sorted)
    this.state.events += sorted.length
  }

  #onlyNew(events: readonly FiledEvent[]): FiledEvent[] {
    const fresh: FiledEvent[] = []
    const inBatch = new Set<string>()
    const stored = new Map<string, number>()
    for (const filed of events) {
      const { id } = filed.event
      if (inBatch.has(id) || (!this.#seen.isNew(id) && this.#find(id) !== undefined)) {
        this.count(filed.sender, 'duplicate', 1)
        continue
      }
      inBatch.add(id)
      fresh.push(filed)
      stored.set(filed.sender, (stored.get(filed.sender) ?? 0) + 1)
    }
    for (const { event } of fresh) this.#seen.add(event.id)
    for (const [sender, n] of stored) this.count(sender, 'stored', n)
    return fresh
  }

  /** Place of the event with this id. */
  #find(id: string): number | undefined {
    const rows = this.#sql('SELECT e.place FROM words w JOIN event e ON e.key = w.rowid WHERE w.words MATCH ?').all(
      `"${idToken(id)}"`
    ) as { place: number }[]
    return rows.map((row) => row.place).find((place) => this.#rowAt(place)?.id === id)
  }

  #rowAt(place: number): BlockRow | undefined {
    const block = this.#sql('SELECT rows FROM block WHERE id=?').get(Math.floor(place / BLOCK_EVENTS)) as
      { rows: Uint8Array } | undefined
    return block && unpackBlock(block.rows)[place % BLOCK_EVENTS]
  }

  /** One key for each event of a list sorted by time. */
  #allocate(sorted: readonly FiledEvent[]): number[] {
    const { state } = this
    const insertOdd = this.#sql('INSERT INTO odd VALUES(?,?)')
    const lastOfMs = this.#sql('SELECT max(key) AS key FROM event WHERE key >= ? AND key < ?')
    let currentTime: number | undefined
    let next = 0
    return sorted.map(({ event: { time } }) => {
      const first = this.#window.first(time)
      if (first !== undefined) {
        if (time !== currentTime) {
          currentTime = time
          next = first
          if (state.greatest !== undefined && time <= state.greatest) {
            const { key } = lastOfMs.get(first, first + PER_MS) as { key: number | null }
            if (key !== null) next = key + 1
          }
        }
        if (next < first + PER_MS) {
          state.least = Math.min(state.least ?? time, time)
          state.greatest = Math.max(state.greatest ?? time, time)
          return next++
        }
      }
      const key = FIRST_ODD + state.nextOdd++
      insertOdd.run(time, key)
      state.oddLeast = Math.min(state.oddLeast ?? time, time)
      state.oddGreatest = Math.max(state.oddGreatest ?? time, time)
      return key
    })
  }

  #fileBlocks(sorted: readonly FiledEvent[]): number[] {
    const places: number[] = []
    let characters = this.#tail.reduce((sum, row) => sum + row.json.length, 0)
    let unwritten = false
    const write = () => {
      const ids = new Uint8Array(lanesOf(this.#tail.map((row) => row.id)).buffer)
      this.#sql('INSERT OR REPLACE INTO block VALUES(?,?,?)').run(this.#lastBlock, ids, packBlock(this.#tail))
      unwritten = false
    }
    for (const { event } of sorted) {
      if (this.#tail.length === 0 || this.#tail.length >= BLOCK_EVENTS || characters >= BLOCK_CHARACTERS) {
        if (unwritten) write()
        this.#tail = []
        this.#lastBlock++
        characters = 0
      }
      places.push(this.#lastBlock * BLOCK_EVENTS + this.#tail.length)
      this.#tail.push(blockRow(event.id, event.json, event.text))
      characters += event.json.length
      unwritten = true
    }
    if (unwritten) write()
    return places
  }

  #rollUp(events: readonly FiledEvent[]) {
    const counts = new Map<string, number>()
    for (const { event } of events) {
      const key = `${Math.floor(event.time / 60_000)}\0${event.unit}\0${event.senderUnit}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    const add = this.#sql(
      'INSERT INTO rollup VALUES(?,?,?,?) ON CONFLICT(minute, unit, sender_unit) DO UPDATE SET n = n + excluded.n'
    )
    for (const [key, n] of counts) {
      const [minute, unit, senderUnit] = key.split('\0')
      add.run(Number(minute), unit!, senderUnit!, n)
    }
  }

  /** Files a dead letter and counts it; one that is here already counts as duplicate. */
  fileLetter(letter: DeadLetterInput, sender: string, receivedAt: number, offset: number) {
    const { id, code, raw, ...envelope } = letter
    const { changes } = this.#sql('INSERT OR IGNORE INTO letter VALUES(?,?,?,?,?,?,?)').run(
      id,
      receivedAt,
      sender,
      code,
      offset,
      JSON.stringify(envelope),
      Buffer.from(raw, 'base64')
    )
    this.state.letters += Number(changes)
    this.count(sender, Number(changes) === 1 ? 'dead_lettered' : 'duplicate', 1)
  }

  /** Takes a dead letter out and says whose it was; undefined when it is not here. */
  removeLetter(id: string): string | undefined {
    const row = this.#sql('DELETE FROM letter WHERE id=? RETURNING sender').get(id) as { sender: string } | undefined
    if (row === undefined) return undefined
    this.state.letters--
    this.count(row.sender, 'dead_lettered', -1)
    return row.sender
  }

  /** Path of the write-ahead log: syncing it makes every commit durable. */
  get logPath(): string {
    return `${this.path}-wal`
  }

  /**
   * Moves the write-ahead log into the file as far as readers and a full disk allow: what stays in the log is safe there
   * once the log is synced.
   */
  checkpoint(how: 'PASSIVE' | 'TRUNCATE') {
    try {
      this.#database.exec(`PRAGMA wal_checkpoint(${how})`)
    } catch (error) {
      if (!isFull(error)) throw error
    }
  }

  /** Closes the file, everything in it durable. */
  close() {
    this.checkpoint('TRUNCATE')
    syncFile(this.logPath)
    this.#database.close()
  }

  /** Closes without committing, after an error. */
  abandon() {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } finally {
      this.#database.close()
    }
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  #readLedger() {
    for (const row of this.#database.prepare('SELECT * FROM fate').all() as {
      sender: string
      fate: DayFate
      n: number
    }[])
      this.fates.set(fateKey(row.sender, row.fate), row.n)
    for (const row of this.#database.prepare('SELECT * FROM position').all() as {
      partition: number
      stored: number
      resume: number
    }[])
      this.positions.set(row.partition, { stored: row.stored, resume: row.resume })
  }

  #readBlocks() {
    for (const row of this.#database.prepare('SELECT id, ids FROM block').iterate() as Iterable<{
      id: number
      ids: Uint8Array
    }>) {
      this.#seen.addAll(new Uint32Array(row.ids.slice().buffer))
      this.#lastBlock = row.id
    }
    if (this.#lastBlock === 0) return
    const { rows } = this.#database.prepare('SELECT rows FROM block WHERE id=?').get(this.#lastBlock) as {
      rows: Uint8Array
    }
    this.#tail = unpackBlock(rows)
  }
}

/** A new day file appears under its name only when it is whole: readers never meet a half-made one. */
function create(folder: string, path: string) {
  const draft = `${path}.new`
  rmSync(draft, { force: true })
  const database = new DatabaseSync(draft)
  try {
    database.exec(`PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; BEGIN; ${schema}
      INSERT INTO state VALUES(1, 0, 0, NULL, NULL, NULL, NULL, 0);
      INSERT INTO words(words, rank) VALUES('automerge', 8);
      INSERT INTO words(words, rank) VALUES('hashsize', ${8 * 1024 * 1024});
      PRAGMA user_version=${LAYOUT}; COMMIT`)
  } finally {
    database.close()
  }
  renameSync(draft, path)
  syncFolder(folder)
}

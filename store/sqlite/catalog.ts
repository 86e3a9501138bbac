import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import { LAYOUT, type DayState } from './files.ts'
import type { DayFate, FateCounts } from '../ledger-totals.ts'

/*
 * `totals.db`, the small database beside the day files. It keeps what must outlive them (the ledger counters of removed
 * files, how far they had come), what belongs to no day (frames that never became an event), and for files that are
 * closed ("sealed") a copy of their state, so that neither start nor search has to open a year of files.
 * It commits with synchronous=FULL: a removal must never become durable before the counters it saved.
 */

export const CATALOG_FILE = 'totals.db'

export type SealedDay = {
  state: DayState
  fates: [string, number][]
  positions: [number, { stored: number; resume: number }][]
}
/** A file that was set aside because its bytes were wrong. */
export type StoreDamage = { at: number; file: string; kept: string; reason: string; stored: number | null }

const schema = `
CREATE TABLE total(origin TEXT NOT NULL, sender TEXT NOT NULL, fate TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY(origin, sender, fate)) STRICT, WITHOUT ROWID;
CREATE TABLE position(partition INTEGER PRIMARY KEY, stored INTEGER NOT NULL, resume INTEGER NOT NULL) STRICT;
CREATE TABLE sealed(file TEXT PRIMARY KEY, state TEXT NOT NULL, ledger TEXT NOT NULL) STRICT;
CREATE TABLE removed(file TEXT NOT NULL, partition INTEGER NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY(file, partition)) STRICT;
CREATE TABLE removing(file TEXT PRIMARY KEY) STRICT;
CREATE TABLE damage(at INTEGER NOT NULL, file TEXT NOT NULL, kept TEXT NOT NULL, reason TEXT NOT NULL, stored INTEGER) STRICT;
`

/** A count of one sender and origin by fate. */
export type Count = { origin: Origin; sender: string; fate: DayFate; n: number }

/** The writer's side of `totals.db`. */
export class Catalog {
  readonly #database: DatabaseSync

  constructor(folder: string) {
    this.#database = new DatabaseSync(join(folder, CATALOG_FILE))
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000')
    const { user_version: layout } = this.#database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (layout > LAYOUT) throw new SocError('store.newer', `${CATALOG_FILE} was written by a newer version`)
    if (layout === 0) this.#database.exec(`BEGIN; ${schema} PRAGMA user_version=${LAYOUT}; COMMIT`)
    const columns = this.#database.prepare("SELECT name FROM pragma_table_info('damage')").all()
    // Made by a version that did not say how much was concerned.
    if (!columns.some(({ name }) => name === 'stored'))
      this.#database.exec('ALTER TABLE damage ADD COLUMN stored INTEGER')
  }

  transaction(act: () => void) {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      act()
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  counts(): Count[] {
    return this.#database.prepare('SELECT origin, sender, fate, n FROM total').all() as Count[]
  }

  add(origin: Origin, counts: FateCounts) {
    const add = this.#database.prepare(
      'INSERT INTO total VALUES(?,?,?,?) ON CONFLICT(origin, sender, fate) DO UPDATE SET n = n + excluded.n'
    )
    for (const [key, n] of counts) {
      const [sender, fate] = key.split('\0')
      add.run(origin, sender!, fate!, n)
    }
  }

  positions(): [number, { stored: number; resume: number }][] {
    const rows = this.#database.prepare('SELECT * FROM position').all() as {
      partition: number
      stored: number
      resume: number
    }[]
    return rows.map(({ partition, stored, resume }) => [partition, { stored, resume }])
  }

  setPosition(partition: number, stored: number, resume: number) {
    this.#database
      .prepare(
        'INSERT INTO position VALUES(?,?,?) ON CONFLICT(partition) DO UPDATE SET stored=max(stored, excluded.stored), resume=max(resume, excluded.resume)'
      )
      .run(partition, stored, resume)
  }

  sealed(): Map<string, SealedDay> {
    const rows = this.#database.prepare('SELECT * FROM sealed').all() as {
      file: string
      state: string
      ledger: string
    }[]
    return new Map(
      rows.map(({ file, state, ledger }) => [
        file,
        { state: JSON.parse(state) as DayState, ...(JSON.parse(ledger) as Omit<SealedDay, 'state'>) }
      ])
    )
  }

  /** From here on the copy speaks for the file: it is closed and everything in it is durable. */
  seal(file: string, day: SealedDay) {
    const { state, ...ledger } = day
    this.#database
      .prepare('INSERT OR REPLACE INTO sealed VALUES(?,?,?)')
      .run(file, JSON.stringify(state), JSON.stringify(ledger))
  }

  /** Before the file changes again. */
  unseal(file: string) {
    this.#database.prepare('DELETE FROM sealed WHERE file=?').run(file)
  }

  /** How far a removed file had come: should it be made anew, what it held is not stored twice. */
  removedAt(file: string): [number, number][] {
    const rows = this.#database.prepare('SELECT partition, stored FROM removed WHERE file=?').all(file) as {
      partition: number
      stored: number
    }[]
    return rows.map(({ partition, stored }) => [partition, stored])
  }

  /** Marks a file whose counters were just added to the totals. In one transaction with {@link add}. */
  startRemoving(file: string, positions: Iterable<[number, { stored: number; resume: number }]>) {
    this.#database.prepare('INSERT OR REPLACE INTO removing VALUES(?)').run(file)
    this.unseal(file)
    for (const [partition, { stored, resume }] of positions) {
      this.#database.prepare('INSERT OR REPLACE INTO removed VALUES(?,?,?)').run(file, partition, stored)
      this.setPosition(partition, -1, resume)
    }
  }

  /** Files whose removal was begun. */
  removing(): string[] {
    return (this.#database.prepare('SELECT file FROM removing').all() as { file: string }[]).map(({ file }) => file)
  }

  finishRemoving(file: string) {
    this.#database.prepare('DELETE FROM removing WHERE file=?').run(file)
  }

  /** Forgets how far removed files had come once the resume position has passed it: nothing before it is read again. */
  forgetRemoved(partition: number, resume: number) {
    this.#database.prepare('DELETE FROM removed WHERE partition=? AND stored <= ?').run(partition, resume)
  }

  noteDamage(damage: StoreDamage) {
    this.#database
      .prepare('INSERT INTO damage(at, file, kept, reason, stored) VALUES(?,?,?,?,?)')
      .run(damage.at, damage.file, damage.kept, damage.reason, damage.stored)
  }

  /** Forgets damage of a file, once retention would have removed it. */
  forgetDamage(kept: string, file: string) {
    this.#database.prepare('DELETE FROM damage WHERE kept=? AND file=?').run(kept, file)
  }

  damage(): StoreDamage[] {
    return this.#database.prepare('SELECT * FROM damage ORDER BY at DESC LIMIT 100').all() as StoreDamage[]
  }

  close() {
    this.#database.close()
  }
}

/** The states of the sealed days, as a reader needs them: at most one small row a day file. */
export function readSealed(database: DatabaseSync): Map<string, DayState> {
  const rows = database.prepare('SELECT file, state FROM sealed').all() as { file: string; state: string }[]
  return new Map(rows.map(({ file, state }) => [file, JSON.parse(state) as DayState]))
}

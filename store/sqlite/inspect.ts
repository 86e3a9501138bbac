import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '#core/clock.ts'
import { messageOf } from '#core/errors.ts'
import type { StoreLoss } from '#core/ledger.ts'
import type { StoreDamage } from './catalog.ts'
import { isDamage, listAside, readDayName, readState, type DayName } from './files.ts'

/** What a day file really holds; `reason` when its bytes are wrong or it is not there. */
export type Inspected = { found: number | null; reason: string }

/** Counts the events a day file holds, and looks whether it is whole in length. What is only busy now is no finding. */
export function inspectDay(folder: string, { file }: Pick<DayName, 'file'>): Inspected | undefined {
  const path = join(folder, file)
  if (!existsSync(path)) return { found: 0, reason: 'the file is gone' }
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    database.exec('PRAGMA busy_timeout=0')
    const number = (sql: string) => Number(Object.values(database!.prepare(sql).get() ?? {})[0])
    const length = number('PRAGMA page_count') * number('PRAGMA page_size')
    // With a log the file may be shorter than the database: pages wait there.
    const logged = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    if (!logged && statSync(path).size < length) return { found: null, reason: 'the file was cut short' }
    const { events } = readState(database)
    const found = number('SELECT count(*) FROM event')
    return found === events ? { found, reason: '' } : { found, reason: `the file says it holds ${events} events` }
  } catch (error) {
    return isDamage(error) ? { found: null, reason: messageOf(error) } : undefined
  } finally {
    database?.close()
  }
}

/** Days looked at in one turn, and how long after the beginning of a round the next one begins. */
const AT_ONCE = 3
const ROUND_EVERY_MS = 10 * 60_000

/** Compares every day file with what the ledger says was stored in it, a few at a time, round after round. */
export class Inspection {
  /** Files in which something was wrong at the last look, while they have their name. */
  readonly wrong = new Map<string, StoreLoss>()
  readonly #folder: string
  readonly #clock: Clock
  readonly #storedIn: (file: string) => number | undefined
  #waiting: string[] = []
  #begun = -Infinity

  constructor(folder: string, clock: Clock, storedIn: (file: string) => number | undefined) {
    this.#folder = folder
    this.#clock = clock
    this.#storedIn = storedIn
  }

  /** Looks at the next few of `files`. */
  turn(files: readonly string[]): void {
    const now = this.#clock.now()
    if (this.#waiting.length === 0) {
      if (now - this.#begun < ROUND_EVERY_MS) return
      this.#begun = now
      this.#waiting = [...files]
    }
    for (const file of this.#waiting.splice(0, AT_ONCE)) this.#look(file, now)
  }

  #look(file: string, now: number) {
    const stored = this.#storedIn(file)
    if (stored === undefined) return
    const seen = inspectDay(this.#folder, { file })
    if (seen === undefined) return
    if (seen.reason === '' && (seen.found ?? 0) >= stored) {
      this.wrong.delete(file)
      return
    }
    const { day, origin } = readDayName(file)!
    const at = this.wrong.get(file)?.at ?? now
    this.wrong.set(file, { at, day, origin, file, kept: '', stored, found: seen.found, reason: seen.reason })
  }
}

/** What was noted of files that were set aside and still lie there, or that vanished. */
export function toldLosses(folder: string, damage: readonly StoreDamage[]): StoreLoss[] {
  const aside = new Set(listAside(folder).map(({ kept }) => kept))
  return damage
    .filter(({ kept }) => kept === '' || aside.has(kept))
    .map(({ at, file, kept, stored, reason }) => {
      const { day, origin } = readDayName(file)!
      return { at, day, origin, file, kept, stored, found: kept === '' ? 0 : null, reason }
    })
}

/** Events among the counters of a file. */
export function storedOf(fates: Iterable<[string, number]>): number {
  let stored = 0
  for (const [key, n] of fates) if (key.endsWith('\0stored')) stored += n
  return stored
}

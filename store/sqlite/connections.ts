import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CATALOG_FILE, readSealed } from './catalog.ts'
import { DayReader } from './day-reader.ts'
import type { Running } from './deadline.ts'
import { isDamage, listAside, listDayFiles, readDayName, type DayName, type DayState } from './files.ts'

/** Files kept open between searches; the longest unused is closed. */
const KEPT_OPEN = 16

/** One day file as a search first sees it: perhaps not opened. */
export type KnownDay = { name: DayName; state: DayState }

/** The day files of a folder for one reader: opened when needed, noticed when they come and go. */
export class Connections {
  /** Files whose bytes are wrong, until they change their name: searches say they are partial. */
  readonly damaged = new Set<string>()
  readonly #folder: string
  readonly #running: Running
  /** In order of last use. */
  readonly #open = new Map<string, DayReader>()
  #catalog: DatabaseSync | undefined
  #sealedDays: { version: number; days: Map<string, DayState> } | undefined

  constructor(folder: string, running: Running) {
    this.#folder = folder
    this.#running = running
  }

  /** Every day file there is, newest day first, with its state. Sealed ones are not opened for that. */
  days(): KnownDay[] {
    const names = listDayFiles(this.#folder)
    this.#forgetGone(names)
    const sealed = this.#sealed()
    const days: KnownDay[] = []
    for (const name of names) {
      const state = sealed.get(name.file) ?? this.using(name, (day) => day.state())
      if (state !== undefined) days.push({ name, state })
    }
    return days
  }

  /** Opens a file; undefined when it vanished or is damaged. */
  open(name: DayName): DayReader | undefined {
    const kept = this.#open.get(name.file)
    if (kept !== undefined) {
      this.#open.delete(name.file)
      this.#open.set(name.file, kept)
      return kept
    }
    try {
      const day = new DayReader(this.#folder, name, this.#running)
      this.#open.set(name.file, day)
      return day
    } catch (error) {
      if (isDamage(error)) this.damaged.add(name.file)
      else if (existsSync(join(this.#folder, name.file))) throw error
      return undefined
    }
  }

  /** Does something with a file; undefined when it vanished or is damaged. */
  using<T>(name: DayName, act: (day: DayReader) => T): T | undefined {
    const day = this.open(name)
    if (day === undefined) return undefined
    try {
      return act(day)
    } catch (error) {
      if (!isDamage(error)) throw error
      this.damaged.add(name.file)
      return undefined
    }
  }

  /** Closes what is open beyond the ceiling. Between searches only: a running one may hold many. */
  trim() {
    for (const [file, day] of this.#open) {
      if (this.#open.size <= KEPT_OPEN) return
      day.close()
      this.#open.delete(file)
    }
  }

  /** Days whose events are missing from answers, oldest first: of damaged files, also once they were set aside. */
  damagedDays(origins: readonly string[]): string[] {
    const aside = existsSync(this.#folder) ? listAside(this.#folder) : []
    const names = [...[...this.damaged].map((file) => readDayName(file)!), ...aside]
    return [...new Set(names.filter(({ origin }) => origins.includes(origin)).map(({ day }) => day))].sort()
  }

  close() {
    for (const day of this.#open.values()) day.close()
    this.#open.clear()
    this.#catalog?.close()
    this.#catalog = undefined
  }

  /** Retention unlinks files, and a demonstration can begin anew on the same day under the same name. */
  #forgetGone(names: DayName[]) {
    const present = new Set(names.map(({ file }) => file))
    for (const [file, day] of this.#open) {
      if (present.has(file) && sameFile(day)) continue
      day.close()
      this.#open.delete(file)
    }
    for (const file of this.damaged) if (!present.has(file)) this.damaged.delete(file)
  }

  #sealed(): Map<string, DayState> {
    const path = join(this.#folder, CATALOG_FILE)
    if (this.#catalog === undefined) {
      if (!existsSync(path)) return new Map()
      this.#catalog = new DatabaseSync(path, { readOnly: true })
      this.#catalog.exec('PRAGMA busy_timeout=1000')
    }
    // Changes when the writer has committed; most searches find the days as they were.
    const { data_version: version } = this.#catalog.prepare('PRAGMA data_version').get() as { data_version: number }
    if (this.#sealedDays?.version === version) return this.#sealedDays.days
    const { user_version: layout } = this.#catalog.prepare('PRAGMA user_version').get() as { user_version: number }
    // 0: the writer is just making it.
    const days = layout === 0 ? new Map<string, DayState>() : readSealed(this.#catalog)
    this.#sealedDays = { version, days }
    return days
  }
}

function sameFile(day: DayReader): boolean {
  try {
    return statSync(day.path).ino === day.inode
  } catch (gone) {
    return false
  }
}

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '#core/clock.ts'
import { messageOf } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import type { EncodedEvent } from '#core/store-entry.ts'
import type { LedgerFates, StoreBatch, StoreWriter } from '#store/store.ts'
import type { StoreLoss } from '#core/ledger.ts'
import { splitBatch, withSoundTime, type Counted, type DayPart } from './batch.ts'
import { Catalog, type SealedDay, type StoreDamage } from './catalog.ts'
import { DayFile, type FiledEvent } from './day-file.ts'
import {
  away,
  dayName,
  dropBallast,
  isDamage,
  isFull,
  listDayFiles,
  moveAside,
  readDayName,
  removeDrafts,
  salvageFates,
  syncLater,
  takeBallast,
  unlinkDay,
  type DayName
} from './files.ts'
import { Inspection, storedOf, toldLosses } from './inspect.ts'
import { fateKey, LedgerTotals, type FateCounts } from '../ledger-totals.ts'

export type SqliteWriterOptions = { clock?: Clock }
/** The embedded home's writer can also say which files it had to set aside. */
export type SqliteWriter = StoreWriter & { damage(): StoreDamage[] }

/** Files open for writing at once: today's of three origins, or both sides of midnight. The longest unused is closed. */
const MAX_OPEN = 3
/**
 * Opens the embedded home for writing: one file per receive day and origin in `folder`, made when missing. There must be
 * only one writer of a folder. Damaged files are set aside (`damage()`); throws `store.away` when the folder cannot be used.
 *
 * How a batch becomes exactly once: each file commits its part together with the highest offset it holds, and skips what
 * lies at or before that offset when it comes again. The last file of a batch also commits the batch's end as `resume`, and
 * reading resumes after the greatest `resume` of all files. A crash between two commits therefore resumes at the batch's
 * start, and the files that were ahead skip their part. Frames that became no event are counted in totals.db, as one
 * more file of the batch.
 *
 * Durability: a commit survives the death of the process at once, and of the machine once `durablePosition` has synced the
 * logs (synchronous=NORMAL does not sync at commit). Until then the spool, which is synced before any sender is answered,
 * still holds the frames, and the committed position that was lost with them makes us read them again.
 */
export function openSqliteWriter(folder: string, options: SqliteWriterOptions = {}): SqliteWriter {
  try {
    mkdirSync(folder, { recursive: true })
    return new Writer(folder, options.clock ?? systemClock)
  } catch (error) {
    throw away(error, 'the store cannot be opened')
  }
}

class Writer implements SqliteWriter {
  readonly #folder: string
  readonly #clock: Clock
  readonly #catalog: Catalog
  /** In order of last use. */
  readonly #open = new Map<string, DayFile>()
  /** Files that are not open, as the catalog knows them. */
  readonly #sealed: Map<string, SealedDay>
  /** Counters of removed files and of frames without a file. */
  readonly #totals = new LedgerTotals()
  readonly #catalogPositions: Map<number, { stored: number; resume: number }>
  readonly #resume = new Map<number, number>()
  /**
   * Logs of files that an error closed before they were durable; at most as many as there are files. Only logs are ever
   * synced by name: opening and closing the database itself would drop the locks SQLite holds on it in this process.
   */
  readonly #unsynced = new Set<string>()
  readonly #inspection: Inspection

  constructor(folder: string, clock: Clock) {
    this.#folder = folder
    this.#clock = clock
    this.#catalog = new Catalog(folder)
    this.#inspection = new Inspection(folder, clock, (file) => this.#storedIn(file))
    removeDrafts(folder)
    takeBallast(folder)
    for (const file of this.#catalog.removing()) this.#unlink(file)
    this.#sealed = this.#catalog.sealed()
    for (const { origin, sender, fate, n } of this.#catalog.counts()) this.#totals.addOne(origin, sender, fate, n)
    this.#catalogPositions = new Map(this.#catalog.positions())
    for (const [partition, { resume }] of this.#catalogPositions) this.#resumeAt(partition, resume)
    const names = listDayFiles(folder)
    const present = new Set(names.map(({ file }) => file))
    for (const file of this.#sealed.keys()) {
      if (present.has(file)) continue
      // Somebody deleted the file by hand: what it counted stays counted, and that it is gone is told.
      this.#noteGone(file)
      this.#foldIntoTotals(file, this.#sealed.get(file)!)
      this.#unlink(file)
    }
    for (const name of names) {
      if (!this.#sealed.has(name.file)) this.#adopt(name)
      for (const [partition, { resume }] of this.#sealed.get(name.file)?.positions ?? [])
        this.#resumeAt(partition, resume)
    }
  }

  position(partition: number): number {
    return this.#resume.get(partition) ?? -1
  }

  async write(batch: StoreBatch): Promise<void> {
    if (batch.to <= this.position(batch.partition)) return
    const { parts, counted } = splitBatch(batch)
    const last = parts.at(-1)
    // The catalog syncs at each commit, so it is asked only when there is something to count, or no file to hold the position.
    if (counted.length > 0 || last === undefined) this.#writeCounted(batch, counted, last === undefined)
    for (const part of parts) this.#writePart(batch, part, part === last)
    this.#resumeAt(batch.partition, batch.to)
  }

  #writePart(batch: StoreBatch, { name, entries }: DayPart, last: boolean) {
    this.#changing(name, (file) => {
      const stored = file.stored(batch.partition)
      const events: FiledEvent[] = []
      for (const entry of entries) {
        if (entry.offset <= stored) continue
        if (entry.fate === 'stored')
          events.push({ event: withSoundTime(entry.event, entry.receivedAt), sender: entry.sender })
        else file.fileLetter(entry.letter, entry.sender, entry.receivedAt, entry.offset)
      }
      file.fileEvents(events)
      const resume = last ? batch.to : (file.positions.get(batch.partition)?.resume ?? -1)
      file.setPosition(batch.partition, Math.max(stored, batch.to), resume)
    })
  }

  #writeCounted(batch: StoreBatch, counted: Counted[], last: boolean) {
    const before = this.#catalogPositions.get(batch.partition) ?? { stored: -1, resume: -1 }
    const byOrigin = new Map<Origin, FateCounts>()
    for (const { offset, origin, sender, fate, count } of counted) {
      if (offset <= before.stored) continue
      let counts = byOrigin.get(origin)
      if (counts === undefined) byOrigin.set(origin, (counts = new Map()))
      const key = fateKey(sender, fate)
      counts.set(key, (counts.get(key) ?? 0) + count)
    }
    const after = { stored: Math.max(before.stored, batch.to), resume: last ? batch.to : before.resume }
    try {
      this.#catalog.transaction(() => {
        for (const [origin, counts] of byOrigin) this.#catalog.add(origin, counts)
        this.#catalog.setPosition(batch.partition, after.stored, after.resume)
      })
    } catch (error) {
      throw away(error, 'the ledger totals cannot be written')
    }
    this.#catalogPositions.set(batch.partition, after)
    for (const [origin, counts] of byOrigin) this.#totals.add(origin, counts)
  }

  async resolveDeadLetter(letterId: string, origin: Origin, receivedAt: number, event: EncodedEvent): Promise<boolean> {
    const name = dayName(origin, receivedAt)
    if (!this.#open.has(name.file) && !this.#sealed.has(name.file)) return false
    return this.#changing(name, (file) => {
      const sender = file.removeLetter(letterId)
      if (sender === undefined) return false
      file.fileEvents([{ event: withSoundTime(event, receivedAt), sender }])
      return true
    })
  }

  async durablePosition(partition: number): Promise<number> {
    const position = this.position(partition)
    try {
      for (const path of [...this.#unsynced]) {
        await syncLater(path)
        this.#unsynced.delete(path)
      }
      for (const file of [...this.#open.values()]) {
        // It may have been closed, durably, while the one before was synced.
        if (!file.dirty || this.#open.get(file.name.file) !== file) continue
        file.dirty = false
        try {
          file.checkpoint('PASSIVE')
          await syncLater(file.logPath)
        } catch (error) {
          file.dirty = true
          throw error
        }
      }
    } catch (error) {
      throw away(error, 'the store cannot be made durable')
    }
    return position
  }

  fates(): LedgerFates[] {
    return this.#totals.fates([
      ...[...this.#open.values()].map((file): [Origin, FateCounts] => [file.name.origin, file.fates]),
      ...[...this.#sealed].map(([file, day]): [Origin, [string, number][]] => [readDayName(file)!.origin, day.fates])
    ])
  }

  async expire(what: { beforeMs: number } | { origin: Origin }): Promise<{ removed: string[] }> {
    const removed: string[] = []
    try {
      for (const name of listDayFiles(this.#folder)) {
        // Only whole days go: the day must have ended before the limit.
        const due = 'origin' in what ? name.origin === what.origin : Date.parse(name.day) + DAY_MS <= what.beforeMs
        if (!due) continue
        this.#remove(name)
        removed.push(name.file)
      }
      for (const { file, kept } of this.#catalog.damage()) {
        const { origin, day } = readDayName(file)!
        if (!('origin' in what ? origin === what.origin : Date.parse(day) + DAY_MS <= what.beforeMs)) continue
        if (kept !== '') unlinkDay(this.#folder, kept)
        this.#catalog.forgetDamage(kept, file)
      }
      for (const [partition, resume] of this.#resume) this.#catalog.forgetRemoved(partition, resume)
      if (removed.length > 0) takeBallast(this.#folder)
    } catch (error) {
      throw away(error, 'old days cannot be removed')
    }
    return { removed }
  }

  damage(): StoreDamage[] {
    return this.#catalog.damage()
  }

  async inspect(): Promise<void> {
    this.#inspection.turn([...this.#sealed.keys(), ...this.#open.keys()])
  }

  losses(): StoreLoss[] {
    return [...toldLosses(this.#folder, this.#catalog.damage()), ...this.#inspection.wrong.values()]
  }

  /** Events of a file as the ledger counts them; undefined for one it does not know. */
  #storedIn(file: string): number | undefined {
    const fates = this.#open.get(file)?.fates ?? this.#sealed.get(file)?.fates
    return fates === undefined ? undefined : storedOf(fates)
  }

  /** A file vanished that retention did not remove. */
  #noteGone(file: string) {
    const stored = this.#storedIn(file) ?? 0
    if (stored > 0)
      this.#catalog.noteDamage({ at: this.#clock.now(), file, kept: '', reason: 'the file is gone', stored })
  }

  async close(): Promise<void> {
    try {
      for (const file of [...this.#open.values()]) this.#seal(file)
    } catch (error) {
      throw away(error, 'the store cannot be closed')
    } finally {
      this.#catalog.close()
    }
  }

  /** Runs a change of one file in a transaction. A damaged file is set aside; the caller tries again with a new one. */
  #changing<T>(name: DayName, change: (file: DayFile) => T): T {
    let file: DayFile | undefined
    let before: SealedDay | undefined
    try {
      file = this.#opened(name)
      before = file.snapshot()
      file.begin()
      const result = change(file)
      file.commit()
      return result
    } catch (error) {
      if (file !== undefined && before !== undefined) this.#letGo(file, before)
      if (isDamage(error)) this.#setAside(name, error, this.#sealed.get(name.file)?.fates ?? [])
      throw away(error, `${name.file} cannot be written`)
    }
  }

  /**
   * Closes a file as it is, to be opened anew at the next change: after an error, because what the object remembers is ahead
   * of the file, and before a removal, which needs no checkpoint.
   */
  #letGo(file: DayFile, before: SealedDay) {
    this.#open.delete(file.name.file)
    // Only in memory: the catalog must not vouch for a file that may not be durable.
    this.#sealed.set(file.name.file, before)
    this.#unsynced.add(file.logPath)
    file.abandon()
  }

  /** Takes up a file that nobody vouches for: opens it and keeps it open, or seals it when others are in use. */
  #adopt(name: DayName) {
    try {
      const file = new DayFile(this.#folder, name)
      this.#open.set(name.file, file)
      for (const [partition, { resume }] of file.positions) this.#resumeAt(partition, resume)
      this.#closeUnused()
    } catch (error) {
      if (!isDamage(error)) throw error
      this.#setAside(name, error, salvageFates(join(this.#folder, name.file)))
    }
  }

  #opened(name: DayName): DayFile {
    let file = this.#open.get(name.file)
    if (file === undefined) {
      const known = this.#sealed.has(name.file)
      file = new DayFile(this.#folder, name)
      if (known) {
        this.#catalog.unseal(name.file)
        this.#sealed.delete(name.file)
      }
      for (const [partition, stored] of this.#catalog.removedAt(name.file))
        if (file.stored(partition) < stored) file.positions.set(partition, { stored, resume: -1 })
    } else this.#open.delete(name.file)
    this.#open.set(name.file, file)
    this.#closeUnused()
    return file
  }

  #closeUnused() {
    for (const file of this.#open.values()) {
      if (this.#open.size <= MAX_OPEN) return
      this.#seal(file)
    }
  }

  /** Closes a file with everything durable, and only then lets the catalog speak for it. */
  #seal(file: DayFile) {
    const day = file.snapshot()
    this.#open.delete(file.name.file)
    this.#sealed.set(file.name.file, day)
    this.#unsynced.add(file.logPath)
    file.close()
    this.#unsynced.delete(file.logPath)
    try {
      this.#catalog.seal(file.name.file, day)
    } catch (error) {
      // On a full disk the file stays unsealed and is opened at the next start.
      if (!isFull(error)) throw error
    }
  }

  /** Counters first, durably, then the file: a crash in between finishes the removal at the next start. */
  #remove(name: DayName) {
    const open = this.#open.get(name.file)
    if (open !== undefined) this.#letGo(open, open.snapshot())
    const day = this.#sealed.get(name.file)
    try {
      if (day !== undefined) this.#foldIntoTotals(name.file, day)
    } catch (error) {
      if (day === undefined || !isFull(error)) throw error
      dropBallast(this.#folder)
      this.#foldIntoTotals(name.file, day)
    }
    this.#unlink(name.file)
  }

  #foldIntoTotals(file: string, day: SealedDay) {
    const counts: FateCounts = new Map(day.fates)
    const { origin } = readDayName(file)!
    this.#catalog.transaction(() => {
      this.#catalog.add(origin, counts)
      this.#catalog.startRemoving(file, day.positions)
    })
    this.#sealed.delete(file)
    this.#totals.add(origin, counts)
    for (const [partition, { resume }] of day.positions) this.#resumeAt(partition, resume)
  }

  #unlink(file: string) {
    this.#inspection.wrong.delete(file)
    unlinkDay(this.#folder, file)
    this.#catalog.finishRemoving(file)
  }

  /** Moves a damaged file out of the way under a name that says so. Its counters stay in the ledger as far as they are known. */
  #setAside(name: DayName, error: unknown, fates: [string, number][]) {
    const at = this.#clock.now()
    const kept = `${name.file}.damaged-${at}`
    const counts: FateCounts = new Map(fates)
    this.#catalog.transaction(() => {
      this.#catalog.add(name.origin, counts)
      this.#catalog.unseal(name.file)
      const stored = fates.length === 0 ? null : storedOf(fates)
      this.#catalog.noteDamage({ at, file: name.file, kept, reason: messageOf(error), stored })
    })
    this.#inspection.wrong.delete(name.file)
    this.#sealed.delete(name.file)
    this.#totals.add(name.origin, counts)
    moveAside(this.#folder, name.file, kept)
  }

  #resumeAt(partition: number, offset: number) {
    this.#resume.set(partition, Math.max(this.position(partition), offset))
  }
}

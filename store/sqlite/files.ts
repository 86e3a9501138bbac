import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, SocError } from '#core/errors.ts'
import { origins, type Origin } from '#core/origin.ts'
import { utcDay } from '#core/time.ts'
import { fateKey, type DayFate } from '../ledger-totals.ts'

/** One day file: the events and dead letters of one origin received on one UTC day. */
export type DayName = { file: string; origin: Origin; day: string }

const dayFile = new RegExp(`^events-(${origins.join('|')})-(\\d{4}-\\d{2}-\\d{2})\\.db$`)

export function dayName(origin: Origin, receivedAt: number): DayName {
  const day = utcDay(receivedAt)
  return { file: `events-${origin}-${day}.db`, origin, day }
}

export function readDayName(file: string): DayName | undefined {
  const found = dayFile.exec(file)
  return found === null ? undefined : { file, origin: found[1] as Origin, day: found[2]! }
}

const asideFile = new RegExp(`^(events-(?:${origins.join('|')})-\\d{4}-\\d{2}-\\d{2}\\.db)\\.damaged-\\d+$`)

/** Damaged day files that were set aside and still lie in a folder. */
export function listAside(folder: string): (DayName & { kept: string })[] {
  return readdirSync(folder).flatMap((kept) => {
    const name = readDayName(asideFile.exec(kept)?.[1] ?? '')
    return name === undefined ? [] : [{ ...name, kept }]
  })
}

/** The day files in a folder, newest day first; none when the folder is not there yet. */
export function listDayFiles(folder: string): DayName[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .map(readDayName)
    .filter((name) => name !== undefined)
    .sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : a.file < b.file ? 1 : -1))
}

/** Makes names and removals in a folder survive power loss. */
export function syncFolder(folder: string) {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const parts = ['', '-wal', '-shm']

/** Removes a day file with its log, durably. */
export function unlinkDay(folder: string, file: string) {
  for (const part of parts) rmSync(join(folder, file + part), { force: true })
  syncFolder(folder)
}

/** Gives a day file with its log another name, durably. */
export function moveAside(folder: string, file: string, kept: string) {
  for (const part of parts) {
    try {
      renameSync(join(folder, file + part), join(folder, kept + part))
    } catch (error) {
      // A file that was closed in order has no log.
      if (part === '' || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  syncFolder(folder)
}

/** fdatasync by name; nothing when the file is not there. */
export function syncFile(path: string) {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The same without holding the thread. */
export async function syncLater(path: string): Promise<void> {
  let handle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Removes day files that a crash left half-made, before they had their name. */
export function removeDrafts(folder: string) {
  for (const name of readdirSync(folder))
    if (/\.db\.new(-wal|-shm|-journal)?$/.test(name)) rmSync(join(folder, name), { force: true })
}

/** The counters of a damaged day file as far as they can still be read. */
export function salvageFates(path: string): [string, number][] {
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      const rows = database.prepare('SELECT sender, fate, n FROM fate').all() as {
        sender: string
        fate: DayFate
        n: number
      }[]
      return rows.map(({ sender, fate, n }) => [fateKey(sender, fate), n])
    } finally {
      database.close()
    }
  } catch (unreadable) {
    // Nothing to be had: the ledger will say that these frames have no fate any more, and that is the truth.
    return []
  }
}

/** Layout of a day file; another number in `user_version` means another program wrote it. */
export const LAYOUT = 1

/*
 * `state` and `position` are rows of the same transaction as the events they speak of: that is the exactly-once promise.
 * `resume` is written only by the last file of a batch (writer.ts). `event.place` is block × 64 + index.
 */
export const schema = `
CREATE TABLE event(key INTEGER PRIMARY KEY, place INTEGER NOT NULL) STRICT;
CREATE TABLE odd(time INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(time, key)) STRICT, WITHOUT ROWID;
CREATE TABLE block(id INTEGER PRIMARY KEY, ids BLOB NOT NULL, rows BLOB NOT NULL) STRICT;
CREATE VIRTUAL TABLE words USING fts5(t, content='', columnsize=0, detail=full, tokenize="ascii tokenchars '!#$%&()*+,-./:;<=>?@[\\]^_\`{|}~'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab('words', 'row');
CREATE TABLE rollup(minute INTEGER NOT NULL, unit TEXT NOT NULL, sender_unit TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY(minute, unit, sender_unit)) STRICT, WITHOUT ROWID;
CREATE TABLE letter(id TEXT PRIMARY KEY, received_at INTEGER NOT NULL, sender TEXT NOT NULL, code TEXT NOT NULL,
  spool_offset INTEGER NOT NULL, envelope TEXT NOT NULL, raw BLOB NOT NULL) STRICT;
CREATE INDEX letter_by_time ON letter(received_at, id);
CREATE TABLE fate(sender TEXT NOT NULL, fate TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(sender, fate)) STRICT, WITHOUT ROWID;
CREATE TABLE position(partition INTEGER PRIMARY KEY, stored INTEGER NOT NULL, resume INTEGER NOT NULL) STRICT;
CREATE TABLE state(one INTEGER PRIMARY KEY CHECK(one = 1), events INTEGER NOT NULL, letters INTEGER NOT NULL,
  least INTEGER, greatest INTEGER, odd_least INTEGER, odd_greatest INTEGER, next_odd INTEGER NOT NULL) STRICT;
`

/** What a day file says of itself. Times are event times, milliseconds; undefined when it has none of that kind. */
export type DayState = {
  events: number
  letters: number
  least: number | undefined
  greatest: number | undefined
  oddLeast: number | undefined
  oddGreatest: number | undefined
  nextOdd: number
}

export function readState(database: DatabaseSync): DayState {
  const row = database.prepare('SELECT * FROM state').get() as Record<string, number | null> | undefined
  if (row === undefined) throw new SocError('store.damaged', 'a day file has lost its state')
  return {
    events: row['events'] ?? 0,
    letters: row['letters'] ?? 0,
    least: row['least'] ?? undefined,
    greatest: row['greatest'] ?? undefined,
    oddLeast: row['odd_least'] ?? undefined,
    oddGreatest: row['odd_greatest'] ?? undefined,
    nextOdd: row['next_odd'] ?? 0
  }
}

/** Primary result codes that mean: the bytes of this file are wrong. */
const CORRUPT = 11
const NOT_A_DATABASE = 26

/** SQLite's code for a full disk. */
const FULL = 13

/** True when there was no room on the disk. */
export function isFull(error: unknown): boolean {
  const { errcode, code } = error as { errcode?: number; code?: string }
  return errcode === FULL || code === 'ENOSPC'
}

/** A few megabytes that are given up when a full disk keeps retention from making room: its commit needs some itself. */
const BALLAST = 'ballast'
const BALLAST_BYTES = 4 * 1024 * 1024

/** Makes the ballast when it is missing; on a disk that is full already there is none. */
export function takeBallast(folder: string) {
  const path = join(folder, BALLAST)
  if (statSync(path, { throwIfNoEntry: false })?.size === BALLAST_BYTES) return
  try {
    // Not zeros: a file system that compresses or leaves holes would reserve nothing.
    writeFileSync(path, randomBytes(BALLAST_BYTES))
  } catch (error) {
    rmSync(path, { force: true })
    if (!isFull(error)) throw error
  }
}

export function dropBallast(folder: string) {
  rmSync(join(folder, BALLAST), { force: true })
}

/** True when a file is damaged, as against busy, unreachable or on a full disk. */
export function isDamage(error: unknown): boolean {
  if (error instanceof SocError) return error.code === 'store.damaged'
  const { errcode, message } = error as { errcode?: number; message?: string }
  if (errcode === undefined) return false
  return (errcode & 0xff) === CORRUPT || errcode === NOT_A_DATABASE || /^no such (table|column)/.test(message ?? '')
}

/** Anything SQLite or the file system threw, as what the pipeline retries. */
export function away(error: unknown, what: string): SocError {
  if (error instanceof SocError) return error
  return new SocError('store.away', `${what}: ${messageOf(error)}`, { cause: error, status: 503 })
}

import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { frameFlag } from '#core/frame.ts'
import type { Origin } from '#core/origin.ts'
import { crc32c } from './crc32c.ts'
import { isSpoolId } from './segment.ts'
import type { SpoolEntry, SpoolRecord } from './spool.ts'

export type ReceivedRow = { sender: string; origin: Origin; received: number; lastReceivedAt: number }

/** Frames per sender and origin. Senders are configured ones and `_unassigned`, so the map is as long as that list. */
export class Received {
  readonly #rows = new Map<string, ReceivedRow>()

  /** A replayed dead letter was counted when it first came; a note stands for frames that were heard and not kept. */
  count(entry: SpoolEntry | SpoolRecord) {
    if (entry.kind === 'note') this.#row(entry.note.sender, entry.note.origin).received += entry.note.count
    else if ((entry.frame.flags & frameFlag.replay) === 0) {
      const row = this.#row(entry.frame.sender, entry.frame.origin)
      row.received++
      if (entry.frame.receivedAt > row.lastReceivedAt) row.lastReceivedAt = entry.frame.receivedAt
    }
  }

  add(other: Received) {
    for (const row of other.#rows.values()) {
      const own = this.#row(row.sender, row.origin)
      own.received += row.received
      own.lastReceivedAt = Math.max(own.lastReceivedAt, row.lastReceivedAt)
    }
  }

  rows(): ReceivedRow[] {
    return [...this.#rows.values()].map((row) => ({ ...row }))
  }

  load(rows: readonly ReceivedRow[]) {
    for (const row of rows) this.#rows.set(`${row.origin} ${row.sender}`, { ...row })
  }

  #row(sender: string, origin: Origin): ReceivedRow {
    const key = `${origin} ${sender}`
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = { sender, origin, received: 0, lastReceivedAt: 0 }
      this.#rows.set(key, row)
    }
    return row
  }
}

/** The counts as of record `offset`, which lies at byte `at` of segment `first`: where counting goes on after a start. */
export type Checkpoint = { spoolId: string; offset: number; first: number; at: number; rows: ReceivedRow[] }

const FILE = 'received.json'

/** One line of JSON behind its own CRC-32C, replaced whole: rename is atomic, so one good version is always there. */
const encode = (checkpoint: Checkpoint) => {
  const text = JSON.stringify(checkpoint)
  return `${crc32c(Buffer.from(text)).toString(16).padStart(8, '0')} ${text}\n`
}

/** The newest checkpoint; undefined when there is none or it is damaged (then everything kept is counted again). */
export function readCheckpoint(folder: string): Checkpoint | undefined {
  let content: string
  try {
    content = readFileSync(join(folder, FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const text = content.slice(9).trimEnd()
  if (content.slice(0, 8) !== crc32c(Buffer.from(text)).toString(16).padStart(8, '0')) return undefined
  const checkpoint = JSON.parse(text) as Checkpoint
  return isSpoolId(checkpoint.spoolId) ? checkpoint : undefined
}

/** Replaces the checkpoint durably. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const file = await open(join(folder, `${FILE}.new`), 'w', 0o600)
  try {
    await file.writeFile(encode(checkpoint))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(join(folder, `${FILE}.new`), join(folder, FILE))
  syncFolder(folder)
}

/** Replaces a small file durably, at start. */
export function replaceFile(folder: string, name: string, content: string) {
  const fd = openSync(join(folder, `${name}.new`), 'w', 0o600)
  try {
    writeSync(fd, content)
    fdatasyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(join(folder, `${name}.new`), join(folder, name))
  syncFolder(folder)
}

/** Makes created, renamed and removed names in a folder survive power loss. Windows has no such call and needs none. */
export function syncFolder(folder: string) {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

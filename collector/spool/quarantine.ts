import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { segmentName } from './segment.ts'
import type { SpoolDamage } from './spool.ts'

/**
 * Damaged bytes are copied to quarantine/, one file a place; the file's name is the report, so every reader in every
 * thread may find the same damage and it is still reported once, also after a restart:
 * `<first offset of the segment>-<byte>-<bytes>-<first record gone>-<records gone>.bin`.
 */
const NAME = /^(\d{16})-(\d+)-(\d+)-(\d+)-(\d+)\.bin$/
/** Beyond these, damage is still named but its bytes are no longer copied; a dying disk must not fill itself. */
const MAX_COPIED_BYTES = 256 * 1024 * 1024
const MAX_FILES = 1_000

export type DamagedPlace = { first: number; at: number; bytes: number; offset: number; records: number }

/** Copies the damaged bytes of a segment. Does nothing when that place is known already, or 1,000 places are. */
export function quarantine(folder: string, place: DamagedPlace) {
  const target = join(folder, 'quarantine')
  mkdirSync(target, { recursive: true, mode: 0o700 })
  const names = readdirSync(target)
  if (names.length >= MAX_FILES) return
  const name = `${segmentName(place.first).slice(0, 16)}-${place.at}-${place.bytes}-${place.offset}-${place.records}.bin`
  const copied = names.reduce((sum, other) => sum + statSync(join(target, other)).size, 0)
  let output: number
  try {
    output = openSync(join(target, name), 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  try {
    if (place.bytes > 0 && copied + place.bytes <= MAX_COPIED_BYTES) {
      copyRange(join(folder, segmentName(place.first)), place.at, place.bytes, output)
    }
  } finally {
    closeSync(output)
  }
}

function copyRange(path: string, from: number, bytes: number, output: number) {
  const input = openSync(path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(64 * 1024)
    for (let at = from, left = bytes; left > 0;) {
      const count = readSync(input, chunk, 0, Math.min(left, chunk.length), at)
      if (count === 0) break
      writeSync(output, chunk, 0, count)
      at += count
      left -= count
    }
  } finally {
    closeSync(input)
  }
}

/** Everything ever found damaged in this spool. */
export function listDamage(folder: string): SpoolDamage[] {
  const target = join(folder, 'quarantine')
  let names: string[]
  try {
    names = readdirSync(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names.flatMap((name) => {
    const parts = NAME.exec(name)
    if (!parts) return []
    const { size, mtimeMs } = statSync(join(target, name))
    return {
      at: Math.round(mtimeMs),
      file: `${parts[1]}.spool`,
      offset: Number(parts[4]),
      records: Number(parts[5]),
      bytes: Number(parts[3]),
      kept: size === 0 ? '' : `quarantine/${name}`
    }
  })
}

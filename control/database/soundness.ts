import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, SocError } from '#core/errors.ts'

/** SQLite's primary codes for wrong bytes: CORRUPT and NOTADB. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26])
/** A start looks through a database up to this size (well under a second); a larger one is looked through by `soc check`. */
const LOOKED_THROUGH_BYTES = 256 * 1024 * 1024

/** True when SQLite says that the bytes of a file are wrong. */
export function isDamaged(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: unknown }
  return typeof errcode === 'number' && DAMAGED.has(errcode & 0xff)
}

/** What a person reads of a damaged control database: which file, and what to do. */
export function controlDamaged(path: string, cause: unknown): SocError {
  return new SocError(
    'control.damaged',
    `${path} is damaged (${messageOf(cause)}): put back a copy of the whole data folder, or of this file with its -wal; ` +
      '"soc check" tells what is wrong; nothing was changed',
    { cause }
  )
}

/** Every fault that SQLite finds in a file, empty when it is sound. `quick` leaves out the comparison of indices. */
export function faultsOf(path: string, options: { quick?: boolean; most?: number } = {}): string[] {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    database.exec('PRAGMA busy_timeout=5000')
    const check = options.quick === true ? 'quick_check' : 'integrity_check'
    const rows = database.prepare(`PRAGMA ${check}(${options.most ?? 20})`).all()
    return rows.map((row) => String(Object.values(row)[0])).filter((line) => line !== 'ok')
  } catch (error) {
    return [messageOf(error)]
  } finally {
    database?.close()
  }
}

/** Throws `control.damaged` in one line when the control database cannot be started on. A missing one is fine. */
export function needSoundControl(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (!existsSync(path) || size === 0 || size > LOOKED_THROUGH_BYTES) return
  const [fault] = faultsOf(path, { quick: true, most: 1 })
  if (fault !== undefined) throw controlDamaged(path, new Error(fault.replaceAll('\n', ' ')))
}

/** SQLite's primary result codes that mean: the volume does not take our bytes now. FULL, IOERR, CANTOPEN, READONLY. */
const FULL = 13
const SQLITE_CODES: ReadonlySet<number> = new Set([FULL, 10, 14, 8])
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])
const FILE_CODES: ReadonlySet<string> = new Set([...NO_ROOM, 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'EFBIG', 'ESTALE'])
/** A chain of causes longer than this is not ours. */
const MAX_CAUSES = 8

function some(error: unknown, is: (errcode: number | undefined, code: string | undefined) => boolean): boolean {
  let at = error
  for (let depth = 0; depth < MAX_CAUSES && typeof at === 'object' && at !== null; depth++) {
    const { errcode, code, cause } = at as { errcode?: unknown; code?: unknown; cause?: unknown }
    // The extended codes carry the primary one in their low byte.
    const primary = typeof errcode === 'number' ? errcode & 0xff : undefined
    if (is(primary, typeof code === 'string' ? code : undefined)) return true
    at = cause
  }
  return false
}

/** True when the volume refused a write or had no room, as SQLite or the system says it: a state that passes, not a fault. */
export function isStorageError(error: unknown): boolean {
  return some(
    error,
    (errcode, code) =>
      code === 'control.storage_full' ||
      (errcode !== undefined && SQLITE_CODES.has(errcode)) ||
      (code !== undefined && FILE_CODES.has(code))
  )
}

/** True when there was no room on the volume. */
export function isNoRoom(error: unknown): boolean {
  return some(error, (errcode, code) => errcode === FULL || (code !== undefined && NO_ROOM.has(code)))
}

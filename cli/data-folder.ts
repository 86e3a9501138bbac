import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, SocError } from '#core/errors.ts'
import { isNoRoom } from '#core/storage-error.ts'

/**
 * Makes the data folder, parents first, for our eyes only. One folder at a time: a recursive mkdir never returns on some
 * file systems (/proc). Throws `config.invalid` in one line.
 */
export function makeDataFolder(path: string): void {
  const missing: string[] = []
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder)
  try {
    for (const folder of missing) mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    throw new SocError('config.invalid', `SOC_DATA is "${path}": the folder cannot be made: ${messageOf(error)}`, {
      cause: error
    })
  }
}

/** Logs of the databases, a segment of the spool and what is put aside for removals: with less nothing can be begun. */
const START_MIB = 16
const MIB = 1024 * 1024

/** Free MiB of the volume for an ordinary user. */
function freeMib(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return Math.floor((bavail * bsize) / MIB)
}

/** Throws `data.full` in one line when the volume of the data folder has no room to start on. */
export function needRoom(folder: string): void {
  if (freeMib(folder) < START_MIB) throw noRoom(folder)
}

/** The error of a start as people should read it: of a volume that filled up meanwhile, in one line. */
export function refusedForRoom(folder: string, error: unknown): unknown {
  return isNoRoom(error) ? noRoom(folder, error) : error
}

const noRoom = (folder: string, cause?: unknown) =>
  new SocError(
    'data.full',
    `the volume of SOC_DATA "${folder}" is full: ${freeMib(folder)} MiB free, at least ${START_MIB} MiB are needed to start; nothing was changed`,
    { cause }
  )

/** Folders that only a process with a control database has filled. */
const OLDER_DATA = ['store', 'spool', 'keys', 'evidence', 'reports']

/** True when there is no control database although there is data that one belonged to. */
export function missesControl(folder: string): boolean {
  if (existsSync(join(folder, 'control.db'))) return false
  return OLDER_DATA.some((name) => {
    const path = join(folder, name)
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length > 0
  })
}

/** Throws `data.no_control` in one line on older data without its control database, unless `anew` is wished for. */
export function needControl(folder: string, anew: boolean): void {
  if (anew || !missesControl(folder)) return
  throw new SocError(
    'data.no_control',
    `SOC_DATA "${folder}" holds older data but no control.db (accounts, sources, alerts): put it back from a copy, or start once ` +
      'with --new-control to begin without them; nothing was changed'
  )
}

/** What we make in a data folder. Nothing else in it is touched: it may be a folder with other things in it. */
const ours = /^(?:control\.db|soc\.log|running\.json|ledger\.json|spool|store|keys|reports|evidence)/

/**
 * From now on nothing this process makes can be read by others, and what an older version left open in the data folder is
 * closed: logs hold citizens' numbers. What belongs to somebody else stays as it is.
 */
export function closeToOthers(folder: string): void {
  process.umask(0o077)
  const close = (path: string) => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined || found.isSymbolicLink()) return
    if ((found.mode & 0o077) !== 0) {
      try {
        chmodSync(path, found.mode & 0o700)
      } catch {
        // Not ours: whoever runs the machine gave it to us this way.
      }
    }
    if (found.isDirectory()) for (const name of readdirSync(path)) close(join(path, name))
  }
  for (const name of readdirSync(folder)) if (ours.test(name)) close(join(folder, name))
}

import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, SocError } from '#core/errors.ts'

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

import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
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

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SocError } from '#core/errors.ts'

export type DataFolderLock = { release(): void }

/** Locks this process has: a lock that only its caller knew could be collected as garbage, and let go with that. */
const held = new Set<DatabaseSync>()

type Holder = { pid: number; startedAt: string; host: string }

/**
 * Takes the data folder for this process. The lock is SQLite's own on the file `lock`: the kernel lets go of it when the
 * process ends, however it ends, so a stale lock cannot exist and nobody has to guess whether a process id is still
 * alive. `lock.json` beside it only says who holds it. Throws `data.locked`, naming the process that has it.
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const database = new DatabaseSync(join(folder, 'lock'))
  try {
    database.exec('PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    const holder = readHolder(folder)
    throw new SocError(
      'data.locked',
      holder === undefined
        ? `${folder} is used by another process`
        : `${folder} is used by process ${holder.pid} on ${holder.host}, started ${holder.startedAt}`,
      { cause: error }
    )
  }
  const holder: Holder = {
    pid: process.pid,
    startedAt: new Date(Date.now() - Math.round(process.uptime() * 1000)).toISOString(),
    host: hostname()
  }
  // Replaced whole: a second process may read it at this very moment.
  writeFileSync(join(folder, 'lock.json.new'), JSON.stringify(holder), { mode: 0o600 })
  renameSync(join(folder, 'lock.json.new'), join(folder, 'lock.json'))
  held.add(database)
  return {
    release() {
      if (held.delete(database)) database.close()
    }
  }
}

function readHolder(folder: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')) as Partial<Holder>
    const { pid, startedAt, host } = holder
    return typeof pid === 'number' && typeof startedAt === 'string' && typeof host === 'string'
      ? { pid, startedAt, host }
      : undefined
  } catch {
    // The other process is just starting and has not said its name yet.
    return undefined
  }
}

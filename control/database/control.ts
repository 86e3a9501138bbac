import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { systemClock, type Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { maskText } from '#control/rights/masking.ts'
import { chainHash } from './audit-chain.ts'
import { readsOf, type Reads } from './reads.ts'
import { LOOK_BYTES, Storage } from './storage.ts'

/** The control database: accounts, senders, alerts, incidents, audit. One process writes it. */
export type Control = Reads & {
  /** Runs `act` in one immediate transaction; nested calls join the outer one. Rolls back on throw. */
  transaction<T>(act: () => T): T
  /** Runs `act` once the outermost transaction is committed (at once when there is none); forgotten on rollback. */
  afterCommit(act: () => void): void
  /** Whether writes are taken; a full volume is a state. */
  readonly storage: Storage
  close(): void
}

const migrationFolder = join(import.meta.dirname, 'migrations')

/** The newest schema without rows, as bytes: what `:memory:` begins with from the second time on, for tests open hundreds. */
let empty: Uint8Array | undefined

/**
 * Opens or creates the control database and applies the migrations it lacks, each in a transaction, after a copy of the
 * file is put beside it. Throws `control.newer` when the file was written by a newer version. `:memory:` for tests.
 */
export function openControl(path: string, clock: Clock = systemClock): Control {
  const database = new DatabaseSync(path)
  const inMemory = path === ':memory:'
  if (inMemory && empty !== undefined) database.deserialize(empty)
  database.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA cache_size=-16384'
  )
  // For the migration that chains the audit log; the log itself is written with the same function.
  database.function('audit_hash', { deterministic: true }, (previous, id, at, user, act, target, params, address) =>
    chainHash(String(previous), {
      id: Number(id),
      at: Number(at),
      user: String(user),
      act: String(act),
      target: String(target),
      params: String(params),
      address: String(address)
    })
  )
  // For searches of those who see numbers masked: they look through what the screen shows.
  database.function('mask_text', { deterministic: true }, (text) => maskText(String(text)))
  migrate(database, path)
  if (inMemory) empty ??= database.serialize()
  const storage = new Storage(clock, () => lookForRoom(database))
  let depth = 0
  let committed: (() => void)[] = []
  return {
    ...readsOf(database, (statement) => guardWrites(statement, storage)),
    storage,
    transaction(act) {
      if (depth > 0) return act()
      storage.guard(() => database.exec('BEGIN IMMEDIATE'))
      depth = 1
      try {
        const result = act()
        storage.guard(() => database.exec('COMMIT'))
        depth = 0
        for (const next of committed.splice(0)) next()
        return result
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        committed = []
        throw error
      } finally {
        depth = 0
      }
    },
    afterCommit(act) {
      if (depth > 0) committed.push(act)
      else act()
    },
    close: () => database.close()
  }
}

/** A statement that writes is refused like a transaction; one that reads never meets these errors, or is refused rightly. */
function guardWrites(statement: StatementSync, storage: Storage) {
  const guarded =
    <Given extends unknown[], Answer>(act: (...given: Given) => Answer) =>
    (...given: Given) =>
      storage.guard(() => act.apply(statement, given))
  Object.assign(statement, {
    run: guarded(statement.run),
    get: guarded(statement.get),
    all: guarded(statement.all)
  })
}

/** Writes a little, durably, and takes it out again. */
function lookForRoom(database: DatabaseSync) {
  database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('storage_look', ?)").run('x'.repeat(LOOK_BYTES))
  database.exec("DELETE FROM meta WHERE key = 'storage_look'")
}

function migrate(database: DatabaseSync, path: string) {
  const files = readdirSync(migrationFolder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
  const current = (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
  const newest = Number(files.at(-1)?.slice(0, 4) ?? 0)
  if (current > newest) {
    throw new SocError(
      'control.newer',
      `${path} was written by a newer version (schema ${current}, this one knows ${newest})`
    )
  }
  if (current > 0 && current < newest && existsSync(path)) {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(path, `${path}.before-${String(newest).padStart(4, '0')}`)
  }
  for (const name of files) {
    const version = Number(name.slice(0, 4))
    if (version <= current) continue
    database.exec('BEGIN IMMEDIATE')
    try {
      database.exec(readFileSync(join(migrationFolder, name), 'utf8'))
      database.exec(`PRAGMA user_version=${version}`)
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw new SocError('control.migration', `migration ${name} failed on ${path}`, { cause: error })
    }
  }
}

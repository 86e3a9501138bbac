import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { temporaryFolder } from '#testing/running-process.ts'
import { startJobs } from '../timers.ts'
import { openControl, type Control } from './control.ts'

const START = Date.UTC(2026, 10, 23)
let folder: string
let path: string
let control: Control

beforeEach(() => {
  folder = temporaryFolder('storage')
  path = join(folder, 'control.db')
  control = openControl(path, manualClock(START))
})
afterEach(() => {
  control.close()
  rmSync(folder, { recursive: true, force: true })
})

/** From now on the database file may not grow, as on a full volume: SQLite itself says SQLITE_FULL. */
function fill() {
  const { page_count: pages } = control.single<{ page_count: number }>('PRAGMA page_count')
  control.sql(`PRAGMA max_page_count=${pages}`).get()
}
const makeRoom = () => control.sql('PRAGMA max_page_count=4294967294').get()
const write = (key: string) =>
  control.sql('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(key, 'x'.repeat(100_000))
const kept = () => control.all<{ key: string }>('SELECT key FROM meta ORDER BY key').map(({ key }) => key)

it('a write that finds no room is refused with 503 and leaves nothing; reading goes on; room is found again by itself', () => {
  const heard: (string | undefined)[] = []
  control.storage.onChanged((away) => heard.push(away?.why))
  fill()
  const refused = expect.objectContaining({ code: 'control.storage_full', status: 503 }) as unknown
  expect(() => control.transaction(() => (write('one'), write('two')))).toThrow(refused as Error)
  expect(() => write('three')).toThrow(refused as Error)
  expect(control.storage.away).toMatchObject({ since: START, why: 'full' })
  expect(kept()).toEqual([])
  control.storage.look()
  expect(control.storage.away).toBeDefined()

  makeRoom()
  control.storage.look()
  expect(control.storage.away).toBeUndefined()
  control.transaction(() => write('one'))
  expect(kept()).toEqual(['one'])
  expect(heard).toEqual(['full', undefined])
})

it('what nobody waits for lets its turn go, and only for a volume that refuses', () => {
  fill()
  expect(control.storage.write(() => write('one'))).toBe(false)
  makeRoom()
  expect(control.storage.write(() => write('one'))).toBe(true)
  expect(() => control.storage.write(() => control.sql('INSERT INTO meta (key) VALUES (1, 2)').run())).toThrow()
})

it('a database that another one holds is busy, not full', () => {
  control.sql('PRAGMA busy_timeout=0').get()
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  expect(() => control.transaction(() => write('one'))).toThrow('locked')
  expect(control.storage.away).toBeUndefined()
  other.close()
})

it('jobs skip their turns while nothing can be written, without a line each, but the one that looks for room', async () => {
  vi.useFakeTimers()
  try {
    const error = vi.fn()
    const tick = vi.fn(() => write('tick'))
    const stop = startJobs(
      [
        { name: 'tasks', everyMs: 250, run: tick },
        { name: 'storage', everyMs: 1_000, always: true, run: () => control.storage.look() }
      ],
      { error },
      control.storage
    )
    fill()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(tick).toHaveBeenCalledTimes(1)
    expect(error).not.toHaveBeenCalled()
    makeRoom()
    await vi.advanceTimersByTimeAsync(1_250)
    expect(tick.mock.results.at(-1)?.type).toBe('return')
    expect(kept()).toEqual(['tick'])
    stop()
  } finally {
    vi.useRealTimers()
  }
})

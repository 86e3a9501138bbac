import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { DAY_MS } from '#core/time.ts'
import { eventOf, storedEntry } from '#testing/store-contract-events.ts'
import { openSqliteReader } from './reader.ts'
import { openSqliteWriter, type SqliteWriter } from './writer.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const TODAY = 'events-real-2026-11-20.db'

let folder: string
let writer: SqliteWriter
const clock = manualClock(NOON)
const open = () => openSqliteWriter(folder, { clock })
const write = (from: number, count: number, receivedAt = NOON) =>
  writer.write({
    partition: 0,
    from,
    to: from + count - 1,
    entries: Array.from({ length: count }, (_, index) =>
      storedEntry(from + index, receivedAt, eventOf({ id: `e${from + index}`, time: receivedAt, message: 'tin' }))
    )
  })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vong-lau-inspect-'))
  writer = open()
  await write(0, 2_000)
  await write(2_000, 3, NOON + DAY_MS)
  await writer.inspect()
  expect(writer.losses()).toEqual([])
  await writer.close()
})
afterEach(async () => {
  await writer.close()
  rmSync(folder, { recursive: true, force: true })
})

async function searched() {
  const reader = openSqliteReader(folder)
  const request = { query: '', from: 0, to: NOON * 2, limit: 10 }
  const { partial, damagedDays } = await reader.search({ ...request, origins: ['real'] }, { deadlineMs: 20_000 })
  const elsewhere = await reader.search({ ...request, origins: ['demonstration'] }, { deadlineMs: 20_000 })
  expect(elsewhere.partial).toBe(false)
  await reader.close()
  return { partial, damagedDays }
}

it.each([
  ['its head is garbage', (path: string) => writeFileSync(path, 'x'.repeat(50_000))],
  ['it was cut short', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))]
])('a day is told of when %s, and goes on being told of when its file lies aside', async (_, harm) => {
  harm(join(folder, TODAY))
  writer = open()
  await writer.inspect()
  expect(writer.losses()).toMatchObject([{ day: '2026-11-20', origin: 'real', stored: 2_000, found: null, kept: '' }])

  // The next write finds it too, and begins a new file.
  await write(2_003, 1).catch(() => write(2_003, 1))
  const aside = readdirSync(folder).filter((name) => name.includes('.damaged-'))
  if (aside.length > 0) {
    expect(writer.losses()).toMatchObject([{ day: '2026-11-20', stored: 2_000, kept: aside[0] }])
    expect(await searched()).toEqual({ partial: true, damagedDays: ['2026-11-20'] })
    await writer.close()
    writer = open()
    await writer.inspect()
    expect(writer.losses()).toHaveLength(1)
    await writer.expire({ beforeMs: NOON + DAY_MS })
    expect(writer.losses()).toEqual([])
    expect(readdirSync(folder).filter((name) => name.includes('.damaged-'))).toEqual([])
  }
})

it('events deleted from a file, and a file that vanished, are counted against the ledger', async () => {
  const database = new DatabaseSync(join(folder, TODAY))
  database.exec('DELETE FROM event WHERE key IN (SELECT key FROM event LIMIT 500)')
  database.close()
  unlinkSync(join(folder, 'events-real-2026-11-21.db'))
  writer = open()
  await writer.inspect()
  expect(writer.losses()).toMatchObject([
    { day: '2026-11-21', stored: 3, found: 0 },
    { day: '2026-11-20', stored: 2_000, found: 1_500 }
  ])
  await writer.close()
  writer = open()
  expect(writer.losses()).toMatchObject([{ day: '2026-11-21', stored: 3, found: 0 }])
})

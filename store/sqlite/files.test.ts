import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS } from '#core/time.ts'
import { eventOf, letterEntry, storedEntry } from '#testing/store-contract-events.ts'
import type { SearchRequest } from '#core/event-search.ts'
import type { StoreEntry } from '#core/store-entry.ts'
import { Catalog } from './catalog.ts'
import { PER_MS } from './event-keys.ts'
import { openSqliteReader } from './reader.ts'
import { openSqliteWriter, type SqliteWriter } from './writer.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const TODAY = 'events-real-2026-11-20.db'
const ample = { deadlineMs: 20_000 }
const all: SearchRequest = { query: '', from: 0, to: NOON * 2, origins: ['real', 'demonstration'], limit: 1_000 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vong-lau-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const event = (offset: number, receivedAt = NOON, id = `e${offset}`) =>
  storedEntry(offset, receivedAt, eventOf({ id, time: receivedAt, message: `lần ${offset}` }))
const write = (writer: SqliteWriter, entries: StoreEntry[]) =>
  writer.write({ partition: 0, from: entries[0]!.offset, to: entries.at(-1)!.offset, entries })
const found = async (more: Partial<SearchRequest> = {}, where = folder) => {
  const reader = openSqliteReader(where)
  const answer = await reader.search({ ...all, ...more }, ample)
  await reader.close()
  return { ids: answer.hits.map(({ id }) => id).toSorted(), partial: answer.partial }
}
const stored = (writer: SqliteWriter) => writer.fates().reduce((sum, row) => sum + row.stored, 0)
/** Overwrites the middle of a file, as a failing disk does. */
function spoil(path: string, from: number, length: number) {
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, from)
  closeSync(descriptor)
}

describe('a batch over midnight', () => {
  it('that fails between two files is stored once when it comes again', async () => {
    let writer = openSqliteWriter(folder)
    await write(writer, [event(0)])
    // Tomorrow's file cannot be made: its name is taken by a folder.
    const tomorrow = join(folder, 'events-real-2026-11-21.db')
    mkdirSync(tomorrow)
    const batch = [event(1), event(2, NOON + DAY_MS), letterEntry(3, NOON, 'l3')]
    await expect(write(writer, batch)).rejects.toMatchObject({ code: 'store.away' })
    expect(writer.position(0)).toBe(0)
    await writer.close()
    rmdirSync(tomorrow)
    writer = openSqliteWriter(folder)
    expect(writer.position(0)).toBe(0)
    // It need not come back in the same pieces.
    await write(writer, batch.slice(0, 1))
    await write(writer, batch.slice(1))
    expect(writer.position(0)).toBe(3)
    expect(writer.fates()).toMatchObject([{ stored: 3, dead_lettered: 1, duplicate: 0 }])
    await writer.close()
    expect((await found()).ids).toEqual(['e0', 'e1', 'e2'])
  })

  it('leaves what was stored of it out when the first day is removed before it comes again', async () => {
    const writer = openSqliteWriter(folder)
    const tomorrow = join(folder, 'events-real-2026-11-21.db')
    mkdirSync(tomorrow)
    const batch = [event(0), event(1, NOON + DAY_MS)]
    await expect(write(writer, batch)).rejects.toMatchObject({ code: 'store.away' })
    rmdirSync(tomorrow)
    await writer.expire({ beforeMs: NOON + DAY_MS })
    await write(writer, batch)
    expect(stored(writer)).toBe(2)
    await writer.close()
    expect((await found()).ids).toEqual(['e1'])
  })
})

describe('removing days', () => {
  it('goes on at the next start when the process died after saving the counters', async () => {
    const writer = openSqliteWriter(folder)
    await write(writer, [event(0), event(1, NOON + DAY_MS)])
    await writer.close()
    const catalog = new Catalog(folder)
    const sealed = catalog.sealed().get(TODAY)!
    catalog.transaction(() => {
      catalog.add('real', new Map(sealed.fates))
      catalog.startRemoving(TODAY, sealed.positions)
    })
    catalog.close()
    const next = openSqliteWriter(folder)
    expect(readdirSync(folder)).not.toContain(TODAY)
    expect(stored(next)).toBe(2)
    expect(next.position(0)).toBe(1)
    await next.close()
    expect((await found()).ids).toEqual(['e1'])
  })

  it('by hand costs neither the ledger nor what is written that day afterwards', async () => {
    const writer = openSqliteWriter(folder)
    await write(writer, [event(0), event(1)])
    await writer.close()
    rmSync(join(folder, TODAY))
    for (const offset of [2, 3]) {
      const next = openSqliteWriter(folder)
      await write(next, [event(offset)])
      expect(stored(next)).toBe(offset + 1)
      await next.close()
    }
    expect((await found()).ids).toEqual(['e2', 'e3'])
  })

  it('is noticed by a reader that has the file open, also when the name comes back', async () => {
    const writer = openSqliteWriter(folder)
    const reader = openSqliteReader(folder)
    await write(writer, [event(0)])
    expect((await reader.search(all, ample)).hits).toHaveLength(1)
    await writer.expire({ origin: 'real' })
    expect((await reader.search(all, ample)).hits).toEqual([])
    await write(writer, [event(1)])
    expect((await reader.search(all, ample)).hits.map(({ id }) => id)).toEqual(['e1'])
    await reader.close()
    await writer.close()
  })
})

describe('a damaged day file', () => {
  it('is set aside at start, its counters saved, and the rest of the store goes on', async () => {
    const writer = openSqliteWriter(folder)
    await write(
      writer,
      Array.from({ length: 2_000 }, (_, offset) => event(offset))
    )
    await write(writer, [event(2_000, NOON + DAY_MS)])
    await writer.durablePosition(0)
    // What a power cut leaves behind: the files as they are now, nobody closed them.
    const copy = join(folder, 'copy')
    mkdirSync(copy)
    for (const name of readdirSync(folder)) if (name !== 'copy') cpSync(join(folder, name), join(copy, name))
    await writer.close()
    rmSync(join(copy, `${TODAY}-wal`))
    const { size } = statSync(join(copy, TODAY))
    spoil(join(copy, TODAY), Math.floor(size / 2), Math.ceil(size / 2))
    const next = openSqliteWriter(copy)
    expect(next.damage()).toMatchObject([{ file: TODAY }])
    expect(readdirSync(copy).some((name) => name.startsWith(`${TODAY}.damaged-`))).toBe(true)
    expect(next.position(0)).toBe(2_000)
    await write(next, [event(2_001)])
    expect(stored(next)).toBe(2_002)
    await next.close()
    expect(await found({}, copy)).toEqual({ ids: ['e2000', 'e2001'], partial: true })
  })

  it('makes a search partial instead of failing it', async () => {
    const writer = openSqliteWriter(folder)
    await write(writer, [event(0), event(1, NOON + DAY_MS)])
    await writer.close()
    writeFileSync(join(folder, TODAY), 'không phải cơ sở dữ liệu, '.repeat(4_000))
    expect(await found()).toEqual({ ids: ['e1'], partial: true })
    const reader = openSqliteReader(folder)
    const counted = await reader.histogram({ ...all, query: 'lan' }, 10, ample)
    expect([counted.total, counted.partial]).toEqual([1, true])
    expect(await reader.byId('e0')).toBeUndefined()
    await reader.close()
  })

  it('found while writing is set aside and the batch is taken at the second try, the ledger whole', async () => {
    let writer = openSqliteWriter(folder)
    await write(writer, [event(0), letterEntry(1, NOON, 'l1')])
    await writer.close()
    writeFileSync(join(folder, TODAY), 'x'.repeat(50_000))
    writer = openSqliteWriter(folder)
    await expect(write(writer, [event(2)])).rejects.toMatchObject({ code: 'store.away' })
    await write(writer, [event(2)])
    expect(writer.fates()).toMatchObject([{ stored: 2, dead_lettered: 1 }])
    expect(writer.damage()).toHaveLength(1)
    await writer.close()
    expect((await found()).ids).toEqual(['e2'])
  })

  it('written by a newer version is refused, not set aside', async () => {
    const { DatabaseSync } = await import('node:sqlite')
    const writer = openSqliteWriter(folder)
    await write(writer, [event(0)])
    await writer.close()
    const database = new DatabaseSync(join(folder, TODAY))
    database.exec('PRAGMA user_version=99')
    database.close()
    const next = openSqliteWriter(folder)
    await expect(write(next, [event(1)])).rejects.toMatchObject({ code: 'store.newer' })
    await next.close()
    expect(readdirSync(folder)).toContain(TODAY)
  })
})

describe('filing', () => {
  it('keeps more events of one millisecond than its keys hold, in order of arrival', async () => {
    const writer = openSqliteWriter(folder)
    const count = PER_MS + 300
    const sketches = Array.from({ length: count }, (_, offset) =>
      storedEntry(offset, NOON, eventOf({ id: `e${offset}`, time: NOON }))
    )
    await write(writer, sketches.slice(0, 5_000))
    await write(writer, sketches.slice(5_000))
    await write(writer, [storedEntry(count, NOON, eventOf({ id: 'later', time: NOON + 1 }))])
    const reader = openSqliteReader(folder)
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const answer = await reader.search({ ...all, ...(cursor === undefined ? {} : { cursor }) }, ample)
      ids.push(...answer.hits.map(({ id }) => id))
      cursor = answer.cursor
    } while (cursor !== undefined)
    expect(ids).toEqual(['later', ...Array.from({ length: count }, (_, index) => `e${count - 1 - index}`)])
    const counted = await reader.histogram({ ...all, from: NOON, to: NOON + 1 }, 1, ample)
    expect(counted.total).toBe(count)
    expect(await reader.byId(`e${count - 1}`)).toMatchObject({ time: NOON })
    await reader.close()
    await writer.close()
  })

  it('knows an id again after reopening, in blocks that were full and in the one that was not', async () => {
    let writer = openSqliteWriter(folder)
    for (let offset = 0; offset < 150; offset += 10)
      await write(
        writer,
        Array.from({ length: 10 }, (_, index) => event(offset + index))
      )
    await writer.close()
    writer = openSqliteWriter(folder)
    await write(writer, [event(150, NOON, 'e3'), event(151, NOON, 'e149'), event(152, NOON, 'new')])
    expect(writer.fates()).toMatchObject([{ stored: 151, duplicate: 2 }])
    await writer.close()
    expect((await found()).ids).toHaveLength(151)
  })

  it('keeps writing many days and origins with few files open', async () => {
    const writer = openSqliteWriter(folder)
    let offset = 0
    for (const origin of ['real', 'demonstration', 'canary'] as const)
      for (let day = 0; day < 4; day++)
        await write(writer, [
          storedEntry(offset++, NOON + day * DAY_MS, eventOf({ id: `${origin}${day}`, time: NOON }), { origin })
        ])
    await write(writer, [event(offset++), event(offset++, NOON + DAY_MS)])
    expect(stored(writer)).toBe(14)
    await writer.close()
    const next = openSqliteWriter(folder)
    expect([stored(next), next.position(0)]).toEqual([14, 13])
    await next.close()
  })

  it('drops the half-made file that a crash left', async () => {
    copyFileSync(import.meta.filename, join(folder, `${TODAY}.new`))
    const writer = openSqliteWriter(folder)
    await writer.close()
    expect(readdirSync(folder).toSorted()).toEqual(['ballast', 'totals.db'])
  })
})

describe('a search whose time is spent', () => {
  it('says so, and goes on from its cursor until everything is found', async () => {
    const writer = openSqliteWriter(folder)
    const entries = Array.from({ length: 1_500 }, (_, offset) =>
      storedEntry(offset, NOON, eventOf({ id: `e${offset}`, time: NOON + offset, fields: { 'vendor.n': offset % 10 } }))
    )
    await write(writer, entries)
    await writer.close()
    // A clock that moves with every look: 40 looks are one search's time.
    let now = 0
    const reader = openSqliteReader(folder, { clock: { now: () => now++ } })
    const request = { ...all, query: 'vendor.n:7' }
    const ids: string[] = []
    let cursor: string | undefined
    let partial = 0
    do {
      const answer = await reader.search(
        { ...request, ...(cursor === undefined ? {} : { cursor }) },
        { deadlineMs: 40 }
      )
      ids.push(...answer.hits.map(({ id }) => id))
      partial += answer.partial ? 1 : 0
      cursor = answer.cursor
    } while (cursor !== undefined)
    expect(ids).toEqual(Array.from({ length: 150 }, (_, index) => `e${1_497 - index * 10}`))
    expect(partial).toBeGreaterThan(10)
    const counted = await reader.histogram(request, 10, { deadlineMs: 40 })
    expect(counted.partial).toBe(true)
    expect(counted.total).toBeLessThan(150)
    await reader.close()
  })
})

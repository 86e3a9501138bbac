import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { DAY_MS } from '#core/time.ts'
import { eventOf, letterEntry, storedEntry } from './store-contract-events.ts'
import { NOON, stageOf, ample, type MakeHome } from './store-contract-home.ts'
import type { StoreEntry } from '#core/store-entry.ts'

/** Writing, positions, ledger, dead letters and retention. */
export function keepingContract(name: string, makeHome: MakeHome) {
  keepsEvents(`${name} keeps what it was given`, makeHome)
  keepsDays(`${name} keeps what it was given`, makeHome)
  keepsPositions(`${name} keeps what it was given`, makeHome)
  keepsDeadLetters(`${name} keeps what it was given`, makeHome)
}

/** Events as they were given, each once. */
function keepsEvents(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('gives an event back whole, by search and by id', async () => {
      const event = eventOf({
        id: 'a1',
        time: NOON - 5,
        message: 'mật khẩu sai\nlần 2',
        fields: { 'vendor.deep.list': [1, { x: null }] }
      })
      await stage.write([storedEntry(0, NOON, event)])
      const hit = { id: 'a1', time: NOON - 5, origin: 'real', event: JSON.parse(event.json) as JsonObject }
      const answer = await stage.reader.search(stage.ask(''), ample)
      expect(answer.hits).toEqual([hit])
      expect(answer.cursor).toBeUndefined()
      expect(await stage.reader.byId('a1')).toEqual(hit)
      expect(await stage.reader.byId('A1')).toBeUndefined()
      expect(await stage.reader.byId('')).toBeUndefined()
    })

    it('answers nothing from an empty store', async () => {
      expect(await stage.ids('')).toEqual([])
      expect((await stage.reader.histogram(stage.ask(''), 10, ample)).total).toBe(0)
      expect(await stage.reader.deadLetters({ limit: 10 })).toEqual({ letters: [] })
      expect(await stage.reader.days()).toEqual([])
      expect(stage.writer.position(0)).toBe(-1)
      expect(stage.writer.fates()).toEqual([])
    })

    it('takes the same event id once a day', async () => {
      await stage.store([
        { id: 'same', time: NOON },
        { id: 'same', time: NOON }
      ])
      await stage.store([{ id: 'same', time: NOON }])
      expect(await stage.ids('')).toEqual(['same'])
      const [row] = stage.ledger()
      expect(row!.stored + row!.duplicate).toBe(3)
    })
  })
}

/** Days and origins end without a trace in the others. */
function keepsDays(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('keeps origins apart and ends one of them without a trace in the others', async () => {
      await stage.store([{ id: 'r', time: NOON }])
      await stage.store(
        [
          { id: 'd', time: NOON },
          { id: 'd2', time: NOON }
        ],
        NOON,
        { origin: 'demonstration', sender: 'demo' }
      )
      expect(await stage.ids('', { origins: ['real'] })).toEqual(['r'])
      expect(await stage.ids('', { origins: ['demonstration'] })).toHaveLength(2)
      expect(await stage.ids('', { origins: [] })).toEqual([])
      const before = stage.ledger()
      expect((await stage.writer.expire({ origin: 'demonstration' })).removed).toHaveLength(1)
      await stage.home.settle()
      expect(await stage.ids('')).toEqual(['r'])
      expect(stage.ledger()).toEqual(before)
      await stage.reopen()
      expect(stage.writer.position(0)).toBe(2)
      expect(stage.ledger()).toEqual(before)
      await stage.store([{ id: 'again', time: NOON }], NOON, { origin: 'demonstration', sender: 'demo' })
      expect(await stage.ids('', { origins: ['demonstration'] })).toEqual(['again'])
    })

    it('removes days that ended before the limit and leaves the ledger as it was', async () => {
      await stage.store([{ id: 'first', time: NOON - 2 * DAY_MS }], NOON - 2 * DAY_MS)
      await stage.store([{ id: 'second', time: NOON - 2 * DAY_MS }], NOON - DAY_MS)
      await stage.store([{ id: 'today', time: NOON }])
      const before = stage.ledger()
      expect((await stage.writer.expire({ beforeMs: NOON - DAY_MS })).removed).toHaveLength(1)
      await stage.home.settle()
      expect(await stage.ids('')).toEqual(['today', 'second'])
      expect(await stage.reader.byId('first')).toBeUndefined()
      expect((await stage.reader.days()).map(({ day }) => day).sort()).toEqual(['2026-11-19', '2026-11-20'])
      expect(stage.ledger()).toEqual(before)
      await stage.reopen()
      expect(stage.ledger()).toEqual(before)
    })
  })
}

/** Ranges are counted once, whoever dies. */
function keepsPositions(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('skips what it has, counts each frame once, and knows its position after reopening', async () => {
      const entries = [
        storedEntry(0, NOON, eventOf({ id: 'a', time: NOON })),
        letterEntry(1, NOON, 'l1'),
        { offset: 2, sender: 's1', origin: 'real', receivedAt: 0, fate: 'duplicate', count: 3 } as StoreEntry,
        { offset: 3, sender: 's2', origin: 'real', receivedAt: NOON, fate: 'joined', count: 1 } as StoreEntry,
        storedEntry(4, NOON + DAY_MS, eventOf({ id: 'b', time: NOON }), { origin: 'demonstration' })
      ]
      const expected = [
        { sender: 's1', origin: 'demonstration', stored: 1, duplicate: 0, joined: 0, dead_lettered: 0, dropped: 0 },
        { sender: 's1', origin: 'real', stored: 1, duplicate: 3, joined: 0, dead_lettered: 1, dropped: 0 },
        { sender: 's2', origin: 'real', stored: 0, duplicate: 0, joined: 1, dead_lettered: 0, dropped: 0 }
      ]

      await stage.write(entries)
      await stage.writer.write({ partition: 0, from: 0, to: 4, entries })
      expect(stage.ledger()).toEqual(expected)
      await stage.reopen()
      expect(stage.writer.position(0)).toBe(4)
      await stage.writer.write({ partition: 0, from: 2, to: 4, entries: entries.slice(2) })
      expect(stage.ledger()).toEqual(expected)
      expect(await stage.writer.durablePosition(0)).toBe(4)
      await stage.home.settle()
      expect((await stage.ids('')).toSorted()).toEqual(['a', 'b'])
    })

    it('moves the position over a range without entries', async () => {
      await stage.writer.write({ partition: 0, from: 0, to: 9, entries: [] })
      expect(stage.writer.position(0)).toBe(9)
    })
  })
}

/** What could not be parsed. */
function keepsDeadLetters(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('keeps dead letters whole, newest first, by sender and code, and page by page', async () => {
      await stage.write([
        letterEntry(0, NOON, 'l0'),
        letterEntry(1, NOON + 1, 'l1', 's2'),
        letterEntry(2, NOON - DAY_MS, 'l2'),
        letterEntry(3, NOON, 'l3')
      ])
      const expected = letterEntry(3, NOON, 'l3')
      if (expected.fate !== 'dead_lettered') throw new Error('unreachable')
      expect(await stage.reader.deadLetter('l3')).toEqual({
        ...expected.letter,
        sender: 's1',
        origin: 'real',
        receivedAt: NOON,
        offset: 3
      })
      expect(await stage.reader.deadLetter('none')).toBeUndefined()
      const page = async (cursor?: string) => {
        const answer = await stage.reader.deadLetters({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
        return { ids: answer.letters.map(({ id }) => id), cursor: answer.cursor }
      }
      const first = await page()
      expect(first.ids).toEqual(['l1', 'l3', 'l0'])
      expect(await page(first.cursor)).toEqual({ ids: ['l2'], cursor: undefined })
      expect((await stage.reader.deadLetters({ sender: 's2', limit: 9 })).letters.map(({ id }) => id)).toEqual(['l1'])
      expect((await stage.reader.deadLetters({ code: 'parse.other', limit: 9 })).letters).toEqual([])
    })

    it('turns a dead letter into an event once, and the ledger moves with it', async () => {
      await stage.write([letterEntry(0, NOON, 'l0')])
      const event = eventOf({ id: 'l0', time: NOON - 1, message: 'nay đã đọc được' })
      expect(await stage.writer.resolveDeadLetter('other', 'real', NOON, event)).toBe(false)
      expect(await stage.writer.resolveDeadLetter('l0', 'real', NOON - 9 * DAY_MS, event)).toBe(false)
      expect(await stage.writer.resolveDeadLetter('l0', 'real', NOON, event)).toBe(true)
      expect(await stage.writer.resolveDeadLetter('l0', 'real', NOON, event)).toBe(false)
      await stage.home.settle()
      expect(await stage.ids('doc duoc')).toEqual(['l0'])
      expect(await stage.reader.deadLetters({ limit: 9 })).toEqual({ letters: [] })
      expect(stage.ledger()).toMatchObject([{ sender: 's1', stored: 1, dead_lettered: 0 }])
      await stage.reopen()
      expect(stage.ledger()).toMatchObject([{ sender: 's1', stored: 1, dead_lettered: 0 }])
    })
  })
}

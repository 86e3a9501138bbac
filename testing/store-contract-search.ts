import { describe, expect, it } from 'vitest'
import { DAY_MS } from '#core/time.ts'
import { NOON, stageOf, ample, type MakeHome } from './store-contract-home.ts'

/** Search and counting by time. */
export function searchContract(name: string, makeHome: MakeHome) {
  findsByTime(`${name} finds what is asked for`, makeHome)
  findsByText(`${name} finds what is asked for`, makeHome)
  findsByUnit(`${name} finds what is asked for`, makeHome)
}

/** Order, pages and the borders of time. */
function findsByTime(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('gives the newest first and pages through equal times, late and future events without loss or repetition', async () => {
      const times = [0, 0, 0, -5, 7, -3 * DAY_MS, 2 * DAY_MS, -40 * DAY_MS, -5]
      await stage.store(times.map((time, index) => ({ id: `n${index}`, time: NOON + time })))
      await stage.store(
        times.map((time, index) => ({ id: `d${index}`, time: NOON + time })),
        NOON,
        { origin: 'demonstration' }
      )
      await stage.store([{ id: 'next-day', time: NOON - 1 }], NOON + DAY_MS)
      const whole = await stage.ids('')
      expect(whole).toHaveLength(2 * times.length + 1)
      const byId = new Map((await stage.reader.search(stage.ask(''), ample)).hits.map((hit) => [hit.id, hit.time]))
      expect(whole.map((id) => byId.get(id))).toEqual([...byId.values()].sort((a, b) => b - a))
      const paged: string[] = []
      let cursor: string | undefined
      for (let page = 0; page < 30; page++) {
        const answer = await stage.reader.search(
          stage.ask('', { limit: 2, ...(cursor === undefined ? {} : { cursor }) }),
          ample
        )
        expect(answer.hits.length).toBeLessThanOrEqual(2)
        paged.push(...answer.hits.map((hit) => hit.id))
        cursor = answer.cursor
        if (cursor === undefined) break
      }
      expect(paged).toEqual(whole)
    })

    it('files events of 1970 and 2099 and finds them by their own time', async () => {
      const old = Date.UTC(1970, 0, 1, 0, 0, 1)
      const far = Date.UTC(2099, 11, 31)
      await stage.store([
        { id: 'old', time: old },
        { id: 'now', time: NOON },
        { id: 'far', time: far, message: 'tương lai' }
      ])
      expect(await stage.ids('', { from: 0, to: Date.UTC(2100, 0, 1) })).toEqual(['far', 'now', 'old'])
      expect(await stage.ids('', { from: old, to: old + 1 })).toEqual(['old'])
      expect(await stage.ids('tuong lai', { from: far, to: far + 1 })).toEqual(['far'])
      expect(await stage.ids('', { from: NOON, to: NOON + 1 })).toEqual(['now'])
      expect((await stage.reader.histogram(stage.ask('', { from: 0, to: old + 1 }), 5, ample)).total).toBe(1)
    })

    it('takes from as included and to as excluded', async () => {
      await stage.store([
        { id: 'a', time: NOON },
        { id: 'b', time: NOON + 1 },
        { id: 'c', time: NOON + 2 }
      ])
      expect(await stage.ids('', { from: NOON, to: NOON + 2 })).toEqual(['b', 'a'])
      expect(await stage.ids('', { from: NOON + 2, to: NOON + 2 })).toEqual([])
    })

    it('counts events by time, with empty stretches, at the exact borders', async () => {
      const minute = 60_000
      const from = NOON - 30 * minute - 500
      const to = NOON + 30 * minute + 500
      const times = [from - 1, from, from + 600, NOON, NOON, NOON + 20 * minute, to - 1, to]
      await stage.store(
        times.map((time, index) => ({ id: `h${index}`, time, message: index % 2 === 0 ? 'chẵn' : 'lẻ' }))
      )
      for (const buckets of [1, 12, 61, 1_000]) {
        const answer = await stage.reader.histogram(stage.ask('', { from, to }), buckets, ample)
        expect(answer.total).toBe(6)
        expect(answer.buckets.length).toBeLessThanOrEqual(Math.max(buckets, 2))
        for (const { from: start, count } of answer.buckets) {
          const inside = times.filter(
            (time) => time >= from && time < to && time >= start && time < start + answer.intervalMs
          )
          expect(count).toBe(inside.length)
        }
        expect(answer.partial).toBe(false)
      }
      expect((await stage.reader.histogram(stage.ask('chan', { from, to }), 12, ample)).total).toBe(3)
      expect((await stage.reader.histogram(stage.ask('message:"chan"', { from, to }), 12, ample)).total).toBe(3)
    })
  })
}

/** Words with and without accents, and words of an attacker. */
function findsByText(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('finds Vietnamese text with and without accents', async () => {
      await stage.store([
        { id: 'a', time: NOON, message: 'Đăng nhập thất bại', fields: { 'user.name': 'Nguyễn Văn Đạt' } },
        { id: 'b', time: NOON + 1, message: 'dang nhap thanh cong' }
      ])
      expect(await stage.ids('đăng nhập')).toEqual(['b', 'a'])
      expect(await stage.ids('dang NHAP')).toEqual(['b', 'a'])
      expect(await stage.ids('"thất bại"')).toEqual(['a'])
      expect(await stage.ids('"bại thất"')).toEqual([])
      expect(await stage.ids('user.name:"nguyen van dat"')).toEqual(['a'])
      expect(await stage.ids('user.name:nguyễn*')).toEqual(['a'])
    })

    it('takes hostile texts as texts', async () => {
      const texts = [
        '" OR "1"="1',
        'words MATCH all=',
        'a\0b',
        "'; DROP TABLE event; --",
        'NEAR(a b)',
        '\ud800 lẻ',
        '🙂',
        '{ "x": 1 }',
        '*',
        'all=',
        '\ue020',
        'x'.repeat(9_000)
      ]
      await stage.store(
        texts.map((message, index) => ({
          id: `t${index}`,
          time: NOON + index,
          message,
          fields: { 'host.name': message }
        }))
      )
      expect(await stage.ids('')).toHaveLength(texts.length)
      for (const [index, text] of texts.entries()) {
        const written = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
        if (text.length > 1_000)
          await expect(stage.ids(`host.name:${written}`)).rejects.toMatchObject({ code: 'query.too_long' })
        else expect(await stage.ids(`host.name:${written}`)).toContain(`t${index}`)
      }
      for (const query of ['(', 'a AND', '"', 'a:', 'x:[1', '!!!'])
        await expect(stage.ids(query)).rejects.toMatchObject({ status: 400 })
      expect(await stage.ids(`${'('.repeat(30)}near${')'.repeat(30)}`)).toEqual(['t4'])
      expect(await stage.ids(`${'NOT '.repeat(30)}near`)).toEqual(['t4'])
      expect(await stage.ids(Array.from({ length: 128 }, (_, index) => `host.name:h${index}`).join(' OR '))).toEqual([])
      await expect(stage.reader.search(stage.ask('', { cursor: 'not-a-cursor' }), ample)).rejects.toMatchObject({
        status: 400
      })
    })
  })
}

/** What a unit may see. */
function findsByUnit(title: string, makeHome: MakeHome) {
  describe(title, () => {
    const stage = stageOf(makeHome)

    it('shows a unit what is about it and what it sent itself, nothing else', async () => {
      await stage.store([
        { id: 'own', time: NOON, unit: 'H57.01', senderUnit: 'H57.01' },
        { id: 'about', time: NOON + 1, unit: 'H57.01', senderUnit: 'H57.09' },
        { id: 'sent', time: NOON + 2, unit: 'H57.02', senderUnit: 'H57.01' },
        { id: 'foreign', time: NOON + 3, unit: 'H57.02', senderUnit: 'H57.09' }
      ])
      expect(await stage.ids('', { units: ['H57.01'] })).toEqual(['sent', 'about', 'own'])
      expect(await stage.ids('organization.id:H57.02', { units: ['H57.01'] })).toEqual(['sent'])
      expect(await stage.ids('NOT organization.id:H57.02 OR soc.sender_unit:H57.09', { units: ['H57.01'] })).toEqual([
        'about',
        'own'
      ])
      expect(await stage.ids('', { units: [] })).toEqual([])
      const counted = (units?: string[]) =>
        stage.reader.histogram(stage.ask('', units && { units }), 10, ample).then(({ total }) => total)
      expect([
        await counted(['H57.01']),
        await counted(['H57.09', 'H57.01']),
        await counted([]),
        await counted()
      ]).toEqual([3, 4, 0, 4])
    })
  })
}

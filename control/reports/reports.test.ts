import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { NewReport, ReportRow } from '#core/api/reports.ts'
import type { Announcement } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import { manualClock } from '#core/clock.ts'
import { DAY_MS, ictDay, HOUR_MS } from '#core/time.ts'
import { openControl } from '#control/database/control.ts'
import { createFiguresReader } from '#control/figures/reader.ts'
import { offlineHealth } from '#control/health/offline-health.ts'
import { actsOn, END, inventory, PERIOD, PHONG_THU, START } from '#testing/sample-period.ts'
import { sha256 } from './archive.ts'
import { createRenderer } from './render-in.ts'
import { createReports, type Reports, type ReportsParts } from './reports.ts'
import { busyPeriod, readPdf } from '#testing/reports.ts'

const folder = mkdtempSync(join(tmpdir(), 'reports-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** One thread for all desks: it reads its fonts once. */
const render = createRenderer()

let made = 0
function desk() {
  const dataFolder = join(folder, String(made++))
  const period = busyPeriod(`${dataFolder}.db`)
  const { control, clock } = period
  const announced: Announcement[] = []
  const notifier = {
    announce(announcement: Announcement) {
      if (failing.announce) throw new Error('the outbox is full')
      announced.push(announcement)
    },
    acknowledge: () => 0,
    forget: () => undefined
  }
  const failing = { announce: false }
  const world: { origin: Origin } = { origin: 'real' }
  const open = (own: Pick<ReportsParts, 'control' | 'clock'> = { control, clock }): Reports =>
    createReports({
      ...own,
      inventory,
      figures: createFiguresReader({
        ...own,
        inventory,
        silentAfterMs: () => 3_600_000,
        health: offlineHealth({ ...own, inventory })
      }),
      notifier,
      render,
      dataFolder,
      origin: () => world.origin
    })
  const count = () => control.single<{ n: number }>('SELECT COUNT(*) AS n FROM reports').n
  const at = (moment: number) => clock.advance(moment - clock.now())
  return {
    ...period,
    announced,
    at,
    failing,
    world,
    open,
    count,
    reports: open(),
    files: join(dataFolder, 'reports')
  }
}
type Desk = ReturnType<typeof desk>

const monthly: NewReport = { kind: 'monthly', period: PERIOD, unit: '' }
const hashes = (row: ReportRow) => [row.figuresHash, row.pdf.hash, row.docx.hash]
/** Reports are announced with this title. */
const subscribe = (to: Desk, kind: NewReport['kind'], unit = '') =>
  to.reports.subscribe({ kind, unit, userId: null, address: 'so@example.vn', name: 'Sở' }, 'admin')

describe('a report of a finished period', { timeout: 60_000 }, () => {
  let place: Desk
  let first: ReportRow
  const steps: string[] = []
  beforeAll(async () => {
    place = desk()
    subscribe(place, 'monthly')
    subscribe(place, 'weekly')
    first = await place.reports.made(monthly, 'ban.truc', (step) => steps.push(step))
  }, 60_000)
  afterAll(() => place.control.close())

  it('is archived under the hash of its bytes, with who made it, when, and the hash of its figures', () => {
    expect(first).toMatchObject({
      id: 'BC-0001',
      kind: 'monthly',
      period: PERIOD,
      unit: null,
      origin: 'real',
      version: 1,
      draft: false,
      reason: '',
      madeAt: END + HOUR_MS,
      madeBy: 'ban.truc'
    })
    for (const kind of ['pdf', 'docx'] as const) {
      const bytes = place.reports.file(first.id, kind)
      expect(sha256(bytes)).toBe(first[kind].hash)
      expect(bytes.length).toBe(first[kind].bytes)
    }
    expect(readdirSync(place.files).sort()).toEqual([`${first.docx.hash}.docx`, `${first.pdf.hash}.pdf`].sort())
    expect(place.reports.verify()).toEqual([])
  })

  it('tells how far it is', () => {
    for (const step of ['days', 'states', 'standing', 'figures', 'text', 'pages', 'archive'])
      expect(steps).toContain(step)
  })

  it('prints the figures of the period and says what it cannot compare', async () => {
    const text = (await readPdf(place.reports.file(first.id, 'pdf'))).map((page) => page.text).join(' ')
    expect(text.replace(/\s+/g, ' ')).toMatch(/Sự cố cần chỉ đạo 1 0 chưa có số liệu/)
    expect(text).toContain('Cửa hậu trên máy chủ web: 1 sự cố')
  })

  it('is told to its subscribers with the PDF, and to nobody else', () => {
    expect(place.announced).toHaveLength(1)
    expect(place.announced[0]).toMatchObject({
      topic: 'report',
      subject: 'report:BC-0001',
      link: '/reports/BC-0001',
      origin: 'real',
      to: [{ kind: 'address', channel: 'email', address: 'so@example.vn', name: 'Sở' }],
      attachments: [{ name: 'BC-0001.pdf', type: 'application/pdf' }]
    })
    expect(sha256(place.announced[0]?.attachments?.[0]?.bytes ?? '')).toBe(first.pdf.hash)
  })

  it('stays the same report whatever happens later, and is told only once', async () => {
    place.close(END + 2 * HOUR_MS, 'VL-0002')
    place.raise(END + 3 * HOUR_MS)
    place.clock.advance(DAY_MS)
    expect(await place.reports.made(monthly, 'other')).toEqual(first)
    expect([place.count(), place.announced.length]).toEqual([1, 1])
  })

  it('is made anew only with a reason, as the next version of the same figures and the same pages', async () => {
    const second = await place.reports.made({ ...monthly, reason: 'Bổ sung nơi nhận' }, 'ban.truc')
    expect(second).toMatchObject({ id: 'BC-0002', version: 2, reason: 'Bổ sung nơi nhận' })
    expect(hashes(second)).toEqual(hashes(first))
    expect(place.reports.list({ limit: 10 }).reports.map(({ id }) => id)).toEqual(['BC-0002', 'BC-0001'])
    expect(await place.reports.made(monthly, 'other')).toEqual(second)
  })

  it('cannot be changed in the archive unseen', () => {
    expect(() => place.control.sql("UPDATE reports SET pdf_hash = 'x'").run()).toThrow(/append-only/)
    const path = join(place.files, `${first.pdf.hash}.pdf`)
    writeFileSync(path, 'other')
    expect(place.reports.verify()).toEqual([
      { id: 'BC-0001', file: 'pdf', state: 'changed' },
      { id: 'BC-0002', file: 'pdf', state: 'changed' }
    ])
    expect(() => place.reports.file(first.id, 'pdf')).toThrow(expect.objectContaining({ code: 'report.file_changed' }))
    rmSync(path)
    expect(place.reports.verify()[0]).toMatchObject({ state: 'gone' })
    expect(() => place.reports.file(first.id, 'pdf')).toThrow(expect.objectContaining({ code: 'report.file_gone' }))
  })
})

describe('making reports', { timeout: 60_000 }, () => {
  let place: Desk
  afterEach(() => place.control.close())

  it('leaves files but no row and no message when it ends between the two, and makes the same files again', async () => {
    place = desk()
    subscribe(place, 'daily')
    const daily: NewReport = { kind: 'daily', period: { from: '2023-11-10', to: '2023-11-10' }, unit: '' }
    place.failing.announce = true
    await expect(place.reports.made(daily, 'x')).rejects.toThrow('the outbox is full')
    expect([place.count(), place.announced.length]).toEqual([0, 0])
    const left = readdirSync(place.files).sort()
    expect(left).toHaveLength(2)
    place.failing.announce = false
    const row = await place.reports.made(daily, 'x')
    expect(readdirSync(place.files).sort()).toEqual(left)
    expect([row.id, place.count(), place.announced.length]).toEqual(['BC-0001', 1, 1])
  })

  it('of a period that still runs is a draft for whoever asked, and never sent', async () => {
    place = desk()
    subscribe(place, 'daily')
    place.at(END - 2 * DAY_MS)
    const week: NewReport = { kind: 'daily', period: { from: '2023-11-06', to: '2023-11-14' }, unit: '' }
    const draft = await place.reports.made(week, 'x')
    expect([draft.draft, place.announced.length]).toEqual([true, 0])
    place.at(END + HOUR_MS)
    const whole = await place.reports.made(week, 'x')
    expect(whole).toMatchObject({ draft: false, version: 2 })
    expect(place.announced).toHaveLength(1)
  })

  it('refuses what is no period, no unit, or of the wrong kind before anything is begun', () => {
    place = desk()
    const code = (change: Partial<NewReport>) => {
      try {
        place.reports.make({ ...monthly, ...change }, 'x')
      } catch (error) {
        return (error as { code: string }).code
      }
      return ''
    }
    expect(code({ period: { from: '2023-11-02', to: '2023-11-01' } })).toBe('posture.backwards')
    expect(code({ period: { from: '2023-02-30', to: '2023-03-01' } })).toBe('posture.no_day')
    expect(code({ period: { from: '2024-11-01', to: '2024-11-02' } })).toBe('posture.future')
    expect(code({ unit: PHONG_THU })).toBe('report.unit')
    expect(code({ kind: 'unit_weekly' })).toBe('report.unit')
    expect(code({ kind: 'unit_weekly', unit: 'nowhere' })).toBe('unit.unknown')
    expect(existsSync(place.files)).toBe(false)
  })

  it('speaks of one unit only in that unit’s report, and goes to it', async () => {
    place = desk()
    const row = await place.reports.made(
      { kind: 'unit_weekly', period: { from: '2023-10-16', to: '2023-10-22' }, unit: PHONG_THU },
      'x'
    )
    const text = (await readPdf(place.reports.file(row.id, 'pdf'))).map((page) => page.text).join(' ')
    expect(text).toContain('Kính gửi: Xã Phong Thu (Phong Điền).')
    expect(text).toContain('KỸ THUẬT TẤN CÔNG')
    expect(text).toContain('T1505.003')
    expect(text).not.toContain('PHỤ LỤC')
    expect(text).not.toContain('Dò mật khẩu')
    expect(place.reports.list({ limit: 5, units: new Set(['19750']) }).reports).toEqual([])
    expect(place.reports.list({ limit: 5, units: new Set([PHONG_THU]) }).reports).toHaveLength(1)
  })

  it('ends with the demonstration it speaks of', async () => {
    place = desk()
    const daily: NewReport = { kind: 'daily', period: { from: '2023-11-10', to: '2023-11-10' }, unit: '' }
    const made = await place.reports.made(daily, 'x')
    place.world.origin = 'demonstration'
    const shown = await place.reports.made(daily, 'x')
    expect(shown.origin).toBe('demonstration')
    place.reports.forget('demonstration')
    expect(place.reports.list({ limit: 5 }).reports).toEqual([made])
    expect(place.reports.verify()).toEqual([])
    expect(readdirSync(place.files)).toHaveLength(2)
    // Ended while it was being made: nothing is archived of what is gone.
    const late = place.reports.made({ ...daily, period: { from: '2023-11-11', to: '2023-11-11' } }, 'x')
    await Promise.resolve()
    place.world.origin = 'real'
    await expect(late).rejects.toMatchObject({ code: 'report.outdated' })
    expect(place.count()).toBe(1)
  })
})

describe('the schedule', { timeout: 60_000 }, () => {
  it('makes the newest of each kind once, also after a restart that missed some, and each owner’s of its own', async () => {
    const place = desk()
    // The 14th, a Tuesday, before the hour: the platform looks at its schedule for the first time.
    place.at(END - DAY_MS)
    await place.reports.tick()
    expect(place.count()).toBe(0)
    subscribe(place, 'daily')
    subscribe(place, 'unit_weekly', PHONG_THU)
    // Off for nine days: one day, one week and the month are made up, not the nine days.
    place.at(END + 8 * DAY_MS + 8 * HOUR_MS)
    const restarted = place.open()
    await restarted.tick()
    const rows = restarted.list({ limit: 20 }).reports
    expect(rows.map(({ kind, period, unit }) => [kind, period.from, unit?.code ?? '']).reverse()).toEqual([
      ['daily', '2023-11-22', ''],
      ['weekly', '2023-11-13', ''],
      ['unit_weekly', '2023-11-13', PHONG_THU],
      ['monthly', '2023-10-15', '']
    ])
    expect(rows.every(({ madeBy, draft }) => madeBy === 'system' && !draft)).toBe(true)
    expect(place.announced.map(({ unit }) => unit).sort()).toEqual(['', PHONG_THU].sort())
    await restarted.tick()
    await place.open().tick()
    expect(place.count()).toBe(4)
    place.control.close()
  })

  it('tries a report that failed again after a while, not every minute', async () => {
    const place = desk()
    place.reports.setSettings({ ...place.reports.settings(), weekly: false, monthly: false }, 'admin')
    place.at(END - HOUR_MS)
    await place.reports.tick()
    subscribe(place, 'daily')
    place.at(END + 8 * HOUR_MS)
    place.failing.announce = true
    await place.reports.tick()
    place.failing.announce = false
    place.clock.advance(60_000)
    await place.reports.tick()
    const before = place.count()
    place.clock.advance(15 * 60_000)
    await place.reports.tick()
    expect([before, place.count()]).toEqual([0, 1])
    place.control.close()
  })
})

describe('subscribers', () => {
  it('are accounts or e-mail addresses, of a unit exactly where the report is a unit’s', () => {
    const place = desk()
    const code = (change: object) => {
      try {
        place.reports.subscribe(
          { kind: 'weekly', unit: '', userId: null, address: 'so@example.vn', name: 'Sở', ...change },
          'admin'
        )
      } catch (error) {
        return (error as { code: string }).code
      }
      return ''
    }
    expect(code({ address: '' })).toBe('report.address')
    expect(code({ address: 'a@b@c' })).toBe('report.address')
    expect(code({ address: 'so@example.vn\r\nBcc: x@example.vn' })).toBe('report.address')
    expect(code({ userId: 'nobody', address: '' })).toBe('user.unknown')
    expect(code({ userId: 'nobody' })).toBe('report.address')
    expect(code({ unit: PHONG_THU })).toBe('report.unit')
    expect(code({ kind: 'unit_weekly', unit: 'nowhere' })).toBe('unit.unknown')
    expect(code({ kind: 'unit_weekly', unit: PHONG_THU })).toBe('')
    for (let at = 0; at < 200; at++) expect(code({ address: `so${at}@example.vn` })).toBe('')
    expect(code({ address: 'one.more@example.vn' })).toBe('report.subscribers')
    const [first] = place.reports.subscribers()
    place.reports.unsubscribe(first!.id)
    expect(() => place.reports.unsubscribe(first!.id)).toThrow(
      expect.objectContaining({ code: 'report.subscriber_not_found' })
    )
    expect(place.reports.subscribers()).toHaveLength(200)
    place.control.close()
  })
})

describe('a period in which nothing was heard', { timeout: 60_000 }, () => {
  it('is refused when it ended before the first data, whoever asks, and the schedule passes it over', async () => {
    const place = desk()
    const first = ictDay(START - 31 * DAY_MS)
    const before = ictDay(START - 32 * DAY_MS)
    const daily = (day: string): NewReport => ({ kind: 'daily', period: { from: day, to: day }, unit: '' })
    const refusal = { code: 'posture.before_data', status: 400, params: { first } }
    expect(() => place.reports.make(daily(before), 'x')).toThrow(expect.objectContaining(refusal))
    expect(() => place.reports.made({ ...daily(before), kind: 'unit_weekly', unit: PHONG_THU }, 'x')).toThrow(
      expect.objectContaining(refusal)
    )
    expect(existsSync(place.files)).toBe(false)
    expect((await place.reports.made(daily(first), 'x')).period.from).toBe(first)
    place.control.close()

    const control = openControl(':memory:')
    const clock = manualClock(END - DAY_MS)
    const young = place.open({ control, clock })
    await young.tick()
    actsOn(control).hear(END + HOUR_MS, PHONG_THU)
    clock.advance(DAY_MS + 8 * HOUR_MS)
    await young.tick()
    expect(young.list({ limit: 5 }).reports).toEqual([])
    clock.advance(DAY_MS)
    await young.tick()
    expect(young.list({ limit: 5 }).reports.map(({ period }) => period.to)).toEqual([ictDay(END)])
    control.close()
  })

  it('after the first data gives a report, which concludes nothing', async () => {
    const place = desk()
    const silent = ictDay(START - 10 * DAY_MS)
    const row = await place.reports.made({ kind: 'daily', period: { from: silent, to: silent }, unit: '' }, 'x')
    const text = (await readPdf(place.reports.file(row.id, 'pdf'))).map((page) => page.text).join(' ')
    expect(text).toContain('chưa có dữ liệu nào')
    expect(row.draft).toBe(false)
    place.control.close()
  })
})

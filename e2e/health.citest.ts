import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { Role } from '#core/roles.ts'
import { DAY_MS, HOUR_MS, ictDay, ictDayStart, MINUTE_MS } from '#core/time.ts'
import { loadInventory } from '#province/load.ts'
import { launchBrowser } from '#testing/console-page.ts'
import { ensureWeb, webRoot } from '#console/build-web.ts'
import { startServer } from '../console/server/server.ts'
import { testConsole, type TestConsole } from '#testing/console.ts'
import { measureProvince, probesThread, resultOf, type MeasuredHealth } from '#testing/measured-health.ts'
import { seriousFaults, visit, watchPage } from './screens.ts'

/*
 * The screens of health in a real browser, on the real console and the real engine. Only the thread of the probes is
 * missing: the test says what they answered.
 */

const inventory = loadInventory('2023-11-30')
let browser: Browser
let soc: TestConsole
let url: string
let measured: MeasuredHealth
let now: number
let tries: number
let paths: string[]
const contexts: BrowserContext[] = []

beforeAll(async () => {
  await ensureWeb(() => undefined)
  browser = await launchBrowser()
  tries = 0
  // The page counts by its own clock: the probes' rounds end about now.
  soc = testConsole({ webRoot, clock: manualClock(Date.now() - 2 * MINUTE_MS) })
  measured = measureProvince(soc.parts)
  now = soc.parts.clock.now()
  const work = { systems: ['phieu-lao-dong'], from: now, to: now + HOUR_MS, reason: 'Nâng cấp' }
  const maintenance = measured.health.addMaintenance(work, 'Trực ban').id
  soc.parts.health.attach(
    probesThread((probe) => {
      tries += 1
      return { ...resultOf(probe.id, soc.parts.clock.now()), detail: 'trang trả lời đúng' }
    })
  )
  paths = [...plainPaths, `/probes/${measured.heartbeat}`, `/maintenance/${maintenance}`]
  url = await startServer(soc.app, soc.parts.config)
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})
afterAll(async () => {
  await browser?.close()
  await soc?.close()
})

/** A browser in which somebody of that role is signed in. */
async function page(role: Role, units: string[] = [], size = { width: 1440, height: 900 }): Promise<Page> {
  const context = await browser.newContext({ viewport: size, locale: 'vi-VN', reducedMotion: 'reduce' })
  contexts.push(context)
  await context.addCookies([{ name: 'vl_session', value: soc.person(role, units).cookie, url }])
  return context.newPage()
}
const boxes = (shown: Page) =>
  shown
    .locator('a[data-model]')
    .evaluateAll((tiles) => tiles.map((tile) => JSON.stringify(tile.getBoundingClientRect())))

describe('the wall of the 46', () => {
  it('stands on one screen, eight by six, with one banner for the root', async () => {
    const wall = await page('analyst')
    await visit(wall, url, '/models')
    const rectangles = (await boxes(wall)).map((box) => JSON.parse(box) as DOMRect)
    expect(rectangles).toHaveLength(46)
    expect(new Set(rectangles.map((box) => Math.round(box.x))).size).toBe(8)
    expect(new Set(rectangles.map((box) => Math.round(box.y))).size).toBe(6)
    expect(Math.max(...rectangles.map((box) => box.bottom))).toBeLessThanOrEqual(900)
    const banners = await wall.getByRole('article').allInnerTexts()
    expect(banners).toHaveLength(1)
    expect(banners[0]).toContain('nguyên nhân gốc của 10 mô hình: ngừng 22, 23, 27, 44; suy giảm 2, 18, 24, 25, 28, 32')
  })

  it('a change arrives within a second, and nothing moves', async () => {
    const wall = await page('analyst')
    await visit(wall, url, '/models')
    const before = await boxes(wall)
    await expect.poll(() => soc.parts.live.connections()).toBeGreaterThan(0)
    measured.mend('hue-s')
    await wall.locator('a[data-model="22"][data-state="UP"]').waitFor({ timeout: 1_000 })
    expect(await wall.getByRole('article').count()).toBe(0)
    expect(await boxes(wall)).toEqual(before)
    measured.break('hue-s')
  })

  it('arrow keys go from tile to tile, Enter opens, Escape comes back', async () => {
    const wall = await page('analyst')
    await visit(wall, url, '/models')
    await wall.locator('a[data-model="1"]').focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await wall.keyboard.press(key)
    expect(await wall.evaluate('document.activeElement.dataset.model')).toBe('18')
    await wall.keyboard.press('Enter')
    await wall.waitForURL('**/models/18')
    await wall.getByRole('heading', { level: 1 }).waitFor()
    await wall.keyboard.press('Escape')
    await wall.waitForURL('**/models')
  })

  it('filters by a state, and says how to drop the filter', async () => {
    const wall = await page('leader')
    await visit(wall, url, '/models')
    await wall.getByRole('button', { name: /^ngừng/ }).click()
    await expect.poll(() => wall.locator('a[data-model]').count()).toBe(4)
    await wall.getByRole('button', { name: 'Hiện cả 46' }).click()
    await expect.poll(() => wall.locator('a[data-model]').count()).toBe(46)
  })

  it('on the wall of the room there is no rail, no link and no incident to open', async () => {
    const room = await page('analyst', [], { width: 1920, height: 1080 })
    await visit(room, url, '/models?wall=1')
    expect(await room.locator('nav').count()).toBe(0)
    expect(await room.locator('a').count()).toBe(0)
    expect(await room.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(1080)
    // Five metres away a letter of 20 px on a screen of 55 inches is read; names are that large on 1920 pixels.
    const size = await room
      .locator('.tile strong')
      .first()
      .evaluate((name) => parseFloat(getComputedStyle(name).fontSize))
    expect(size).toBeGreaterThanOrEqual(20)
  })
})

it('the dependency picture is walked by arrow keys, and its list names the same nodes', async () => {
  const model = await page('analyst')
  await visit(model, url, '/models/23')
  await model.locator('svg a[data-node="M23"]').focus()
  await model.keyboard.press('ArrowRight')
  const child = await model.evaluate('document.activeElement.dataset.node')
  expect(inventory.dependencies.some((edge) => edge.from === 'M23' && edge.to === child)).toBe(true)
  await model.getByText('Phụ thuộc, thành danh sách').click()
  const list = (await model.locator('details').innerText()).normalize()
  for (const edge of inventory.dependencies.filter((one) => one.from === 'M23'))
    expect(list).toContain(inventory.system(edge.to)!.name)
  await model.keyboard.press('ArrowLeft')
  await model.locator(`svg a[data-node="${String(child)}"]`).focus()
  await model.keyboard.press('Enter')
  await model.waitForURL(`**/systems/${String(child)}`)
})

it('an administrator tries a probe from the form, sees the result in place, and keeps nothing', async () => {
  const form = await page('admin')
  await visit(form, url, '/probes/new?system=hue-s')
  const before = measured.health.probes().length
  await form.getByRole('textbox', { name: /^Địa chỉ/ }).fill('https://hue-s.example.vn/')
  await form.getByRole('button', { name: 'Thử ngay' }).click()
  await form.getByText('trang trả lời đúng').waitFor()
  expect([tries, measured.health.probes().length]).toEqual([1, before])
})

it('maintenance is planned by typing day before month', async () => {
  const form = await page('analyst')
  await visit(form, url, '/maintenance/new?system=hue-s')
  await form.getByLabel('Lý do').fill('Thay máy chủ')
  await form.getByLabel('Từ', { exact: true }).fill('31/02/2027 10:00')
  await form.getByRole('button', { name: 'Lên lịch', exact: true }).click()
  // A day that there is not is said at its field, and nothing is planned.
  const from = form.getByLabel('Từ', { exact: true })
  expect(await from.getAttribute('aria-invalid')).toBe('true')
  expect(await from.evaluate((field: HTMLInputElement) => field.validationMessage)).toMatch(/^Không phải là giờ/)
  expect(measured.health.maintenance().some(({ reason }) => reason === 'Thay máy chủ')).toBe(false)
  const day = ictDay(now + 90 * DAY_MS)
  const shown = day.split('-').reverse().join('/')
  await form.getByLabel('Từ', { exact: true }).fill(`08:00 ${shown}`)
  await form.getByLabel('Đến', { exact: true }).fill(`10:00 ${shown}`)
  await form.getByRole('button', { name: 'Lên lịch', exact: true }).click()
  await form.waitForURL(/\/maintenance\/(?!new)[\w-]+$/)
  const planned = measured.health.maintenance().find(({ reason }) => reason === 'Thay máy chủ')
  expect(planned).toMatchObject({ status: 'planned', from: ictDayStart(day) + 8 * HOUR_MS })
})

it('a leader finds no probe, an owner those of its own systems', async () => {
  const leader = await page('leader')
  await visit(leader, url, '/systems/hue-s')
  expect(await leader.getByRole('link', { name: 'Phép đo' }).count()).toBe(0)
  // Causes are everybody's, and a cause names the probe that failed; nothing else on the page does.
  const cause = measured.health.system('hue-s')!.system.because!.text.vi
  expect(cause).toContain('Trang Hue-S')
  const text = (await leader.locator('main').innerText()).normalize()
  expect(text.replaceAll(cause, '')).not.toContain('Trang Hue-S')
  const owner = await page('owner', ['H57.hueioc'])
  await visit(owner, url, '/probes')
  const names = await owner.locator('tbody a').allInnerTexts()
  expect(names).toContain('Trang Hue-S')
  expect(names.some((name) => name.includes('quản lý văn bản'))).toBe(false)
})

const plainPaths = [
  '/models',
  '/models?wall=1',
  '/models/22',
  '/models/12',
  '/systems',
  '/systems/hue-s',
  '/probes',
  '/probes/new',
  '/maintenance',
  '/maintenance/new'
]

it('every screen passes the accessibility rules, in light and in dark', { timeout: 400_000 }, async () => {
  const shown = await page('admin')
  const complaints = await watchPage(shown)
  const found: string[] = []
  for (const path of paths) {
    await shown.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await visit(shown, url, path)
    found.push(...(await seriousFaults(shown, `${path} light`)))
    // The tree is the same in the dark; only its colours are others.
    await shown.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    found.push(...(await seriousFaults(shown, `${path} dark`, ['color-contrast'])))
  }
  expect([...found, ...complaints.list]).toEqual([])
})

it('every screen fits a phone', async () => {
  const shown = await page('admin', [], { width: 390, height: 844 })
  const wider: string[] = []
  for (const path of paths) {
    await visit(shown, url, path)
    const by = Number(await shown.evaluate('document.documentElement.scrollWidth - innerWidth'))
    if (by > 0) wider.push(`${path} by ${by} px`)
  }
  expect(wider).toEqual([])
})

import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchBrowser } from '#testing/console-page.ts'
import { ensureWeb, webRoot } from '#console/build-web.ts'
import { phone, taskTest, type TaskTest } from '#testing/tasks.ts'
import { seriousFaults, watchPage } from './screens.ts'

/** The page behind a task's link, on a phone, as somebody sees it who has never seen the console. */
const KIB = 1024
let browser: Browser
let folder: string
let t: TaskTest
let context: BrowserContext
let page: Page
let url: string

beforeAll(async () => {
  await ensureWeb(() => undefined)
  browser = await launchBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vong-lau-phone-'))
  t = taskTest({ SOC_DATA: folder, SOC_DISK_RESERVE_MB: '1', SOC_HOTLINE: '0234 3000 000' }, webRoot)
  await t.ask()
  await t.app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(t.app.server.address() as AddressInfo).port}/t/${t.token()}`
  context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'vi-VN', hasTouch: true })
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

const button = (name: string) => page.locator('button', { hasText: new RegExp(`^${name}$`) })
const state = () => (t.parts.control.sql('SELECT state FROM tasks').get() as { state: string }).state

it('“received” is one tap, “done” two; nothing scrolls sideways, nothing of the console is loaded', async () => {
  const complaints = await watchPage(page)
  const scripts: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.body())
  })
  await page.goto(url)
  await button('Đã nhận, đang xử lý').tap()
  await page.getByRole('status').getByText('Đang xử lý').waitFor()
  expect(state()).toBe('doing')
  const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(40 * KIB)
  await button('Đã xong').tap()
  await button('Gửi: Đã xong').tap()
  await page.getByText('Đã xong. Cảm ơn.').waitFor()
  expect(state()).toBe('done')
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  expect(complaints.list).toEqual([])
})

it('every target is large enough for a thumb, and nothing serious stands in the way of a screen reader', async () => {
  await page.goto(url)
  await button('Đã nhận, đang xử lý').waitFor()
  const heights = await page
    .locator('button:visible, a:visible')
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
  expect(await seriousFaults(page, 'phone page')).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await seriousFaults(page, 'phone page, dark')).toEqual([])
})

it('a question written without a network is kept, goes out by itself, and stands once', async () => {
  await page.goto(url)
  await button('Hỏi SOC').tap()
  await page.locator('textarea').fill('Máy nào?')
  await context.setOffline(true)
  await button('Gửi câu hỏi').tap()
  await page.getByText('Chưa có mạng').waitFor()
  await context.setOffline(false)
  await page.getByText('Máy nào?').waitFor()
  expect(t.parts.control.sql("SELECT text FROM task_entries WHERE kind = 'question'").all()).toMatchObject([
    { text: 'Máy nào?' }
  ])
})

it('a photo is sent with the answer’s link; a page that pretends to be one is refused in words', async () => {
  await page.goto(url)
  await button('Gửi ảnh hoặc tệp').waitFor()
  const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 1)])
  await page.setInputFiles('input[type=file]', { name: 'màn hình.jpg', mimeType: 'image/jpeg', buffer: photo })
  await page.getByText('màn hình.jpg').waitFor()
  // The name stands there while it is still on its way; another file may be chosen once it has arrived.
  await expect.poll(() => button('Gửi ảnh hoặc tệp').isEnabled()).toBe(true)
  await page.setInputFiles('input[type=file]', {
    name: 'x.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('<html><script>1</script></html>')
  })
  await page.getByText('Chỉ nhận ảnh, PDF và văn bản thường.').waitFor()
  expect(t.parts.control.sql('SELECT kind FROM task_files').all()).toMatchObject([{ kind: 'jpeg' }])
})

it('a second phone is told whom to call, in both languages', async () => {
  const first = phone(t)
  await first.say((await first.open()).json<{ nonce: string }>().nonce, 'doing')
  await page.goto(url)
  await page.getByText('đã gắn với máy trả lời đầu tiên').waitFor()
  await page.getByRole('link', { name: 'Gọi trực ban SOC 0234 3000 000' }).waitFor()
  await button('English').tap()
  await page.getByText('belongs to the device that answered first').waitFor()
  expect(await page.getByRole('heading').count()).toBe(0)
})

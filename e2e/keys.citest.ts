import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { AlertList } from '#core/api/alerts.ts'
import { ensureWeb } from '#console/build-web.ts'
import { launchBrowser, signInOnPage } from '#testing/console-page.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'
import { addUser, clientOf, sendTcp } from './running.ts'
import { seriousFaults, settled, visit } from './screens.ts'

const HERE = '19849'
const PASSWORD = 'mot mat khau du dai 45'
const rule = (level: string, id: string) => `title: Heard ${level}
id: 1f2e7a54-3a0e-4a53-9b7c-45ad0be0006${id}
status: test
description: Opens an alert for each user name that starts with ${level}-.
logsource: { product: linux, service: sshd }
detection:
  selection:
    user.name|startswith: ${level}-
  condition: selection
level: ${level}
soc:
  entity: [user.name]
  title_vi: Nghe được
  sentence_vi: '{user.name} vào {host.name}'
  sentence_en: '{user.name} signed in on {host.name}'
`
const ssh = (user: string) =>
  `<38>${new Date().toISOString()} may-1 sshd[1]: Accepted password for ${user} from 192.0.2.1 port 40000 ssh2\n`

let data: string
let soc: SocProcess
let browser: Browser
let admin: AdminClient
const contexts: BrowserContext[] = []
/** Bodies of the acts that left the page. */
const acts: string[] = []

async function person(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  contexts.push(context)
  const page = await context.newPage()
  page.on('request', (request) => {
    if (request.method() !== 'GET' && /\/acts$|\/tasks$/.test(request.url())) acts.push(request.postData() ?? '')
  })
  acts.splice(0)
  await signInOnPage(page, soc, { username: 'phan.tich', password: PASSWORD })
  await visit(page, soc.url, '/alerts')
  await page.locator('[data-alert-id]').first().waitFor()
  return page
}
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('data-keys') ?? document.activeElement?.tagName)
/** Longer than any wait of the keyboard. */
const quiet = (page: Page) => page.waitForTimeout(2_200)

beforeAll(async () => {
  await ensureWeb(() => undefined)
  data = temporaryFolder('keys')
  const rules = join(data, 'rules')
  mkdirSync(rules)
  writeFileSync(join(rules, 'medium.yml'), rule('medium', '1'))
  writeFileSync(join(rules, 'critical.yml'), rule('critical', '2'))
  soc = await startSocProcess(data, { SOC_RULES: rules })
  browser = await launchBrowser()
  admin = await signInAsAdmin(soc)
  const { password } = await addUser(admin, { username: 'phan.tich', name: 'Phân Tích', role: 'analyst', units: [] })
  await clientOf(soc, 'phan.tich', password, PASSWORD)
  await addSource(admin, { name: 'syslog', unit: HERE, networks: ['127.0.0.0/8'] })
  const names = [...Array.from({ length: 9 }, (_, at) => `medium-${at}`), 'critical-1']
  await sendTcp(soc, ...names.map(ssh))
  await vi.waitFor(
    async () => {
      if ((await admin.get<AlertList>('/api/alerts?tab=new')).total < names.length) throw new Error('not all there yet')
    },
    { timeout: 60_000, interval: 200 }
  )
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})
afterAll(async () => {
  await browser?.close()
  await soc?.stop()
  if (data) rmSync(data, { recursive: true, force: true })
})

it('text typed where no field listens judges nothing, however fast it comes', async () => {
  const page = await person()
  await page.keyboard.press('j')
  expect(await focused(page)).toBe('list')
  for (const [text, delay] of [
    ['203.0.113.24', 120],
    ['giamsats 1', 60],
    ['8934680022330\n', 5],
    ['Ru7!xA3*', 140]
  ] as const) {
    await page.keyboard.type(text, { delay })
    await quiet(page)
  }
  expect([acts, new URL(page.url()).pathname]).toEqual([[], '/alerts'])
})

it('after a note is sent the focus is on the rows again, and typing on does nothing', async () => {
  const page = await person()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForTimeout(300)
  await page.keyboard.press('n')
  const note = page.locator('aside textarea')
  await note.waitFor()
  const client = await page.context().newCDPSession(page)
  await client.send('Input.imeSetComposition', { text: 'giám', selectionStart: 4, selectionEnd: 4 })
  await page.keyboard.press('1')
  await client.send('Input.insertText', { text: 'giám sát' })
  await page.keyboard.press('Escape')
  await page.locator('[role="alertdialog"]').waitFor()
  await page.keyboard.press('Escape')
  expect(await note.inputValue()).toContain('giám')
  expect(acts).toEqual([])
  await note.focus()
  await page.keyboard.press('Control+Enter')
  await note.waitFor({ state: 'detached' })
  expect(acts).toHaveLength(1)
  expect(await focused(page)).toBe('list')
  await page.keyboard.type(' 1 giờ sau sẽ gọi lại', { delay: 80 })
  await quiet(page)
  expect([acts.length, new URL(page.url()).pathname.startsWith('/alerts/')]).toEqual([1, true])
})

it('a key alone on its row judges it; a critical alert asks for the key twice', async () => {
  const page = await person()
  await page.locator('[data-alert-id]', { hasText: 'critical-1' }).click()
  await page.keyboard.press('3')
  await page.locator('.sure').waitFor()
  expect(acts).toEqual([])
  await page.waitForTimeout(700)
  await page.keyboard.press('3')
  await expect.poll(() => acts.length).toBe(1)
  expect(acts[0]).toContain('false_positive')
})

it('what was typed survives a refused save and a reload', async () => {
  const page = await person()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForTimeout(300)
  await page.keyboard.press('n')
  const note = page.locator('aside textarea')
  await note.fill('Đã gọi cho đơn vị')
  await page.route('**/api/alerts/acts', (route) => route.abort())
  await page.keyboard.press('Control+Enter')
  await page.locator('[data-kind="failed"]').waitFor()
  expect(await note.inputValue()).toBe('Đã gọi cho đơn vị')
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  await settled(page)
  await page.locator('aside h2').first().waitFor()
  await page.keyboard.press('n')
  await expect.poll(() => note.inputValue()).toBe('Đã gọi cho đơn vị')
})

it('the filter stands in the box and the address, and the rail takes it off both', async () => {
  const page = await person()
  const box = page.locator('form[role="search"] input[type="search"]').last()
  await box.fill('medium-3')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=medium-3/)
  await page.reload()
  await settled(page)
  expect(await box.inputValue()).toBe('medium-3')
  await page.locator('nav a[href="/alerts"]').first().click()
  await expect.poll(() => box.inputValue()).toBe('')
  expect(await seriousFaults(page, '/alerts')).toEqual([])
  expect(await page.locator('h1').count()).toBe(1)
})

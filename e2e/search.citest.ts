import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
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
import { seriousFaults, visit } from './screens.ts'

let soc: SocProcess
let browser: Browser
let page: Page
let admin: AdminClient

beforeAll(async () => {
  await ensureWeb(() => undefined)
  soc = await startSocProcess(temporaryFolder('search'), {})
  admin = await signInAsAdmin(soc)
  await addSource(admin, { name: 'syslog', unit: '19849', networks: ['127.0.0.0/8'] })
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' })).newPage()
})
afterAll(async () => {
  await browser.close()
  await soc.stop()
})

const field = () => page.locator('main input[type=search]')
const chosenRange = () => page.locator('main form select').first().inputValue()
const parameter = (name: string) => new URL(page.url()).searchParams.get(name)

it('the form says what the address says, and a refined search keeps the range and the focus', async () => {
  await signInOnPage(page, soc, admin)
  await visit(page, soc.url, '/search?q=failed&range=1h')
  expect(await chosenRange()).toBe('1h')
  await field().fill('failed root')
  await field().press('Enter')
  expect([parameter('q'), parameter('range')]).toEqual(['failed root', '1h'])
  expect(await field().evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true)
  await visit(page, soc.url, '/search?from=1700000000000&to=1700003600000')
  expect(await chosenRange()).toBe('custom')
  expect(await page.locator('main form .when input[type=text]').first().inputValue()).toBe('05:13 15/11/2023')
  await field().fill('root')
  await field().press('Enter')
  expect([parameter('q'), parameter('from'), parameter('to')]).toEqual(['root', '1700000000000', '1700003600000'])
})

it('an empty answer says which field nobody sent and where words are looked for', async () => {
  await visit(page, soc.url, '/search?q=host.nmae:web%20FGT60F')
  const advice = page.locator('main .advice')
  await advice.waitFor()
  expect(await advice.innerText()).toContain('gần nhất: host.name')
  expect(await advice.innerText()).toContain('event.original:*FGT60F*')
  expect(await page.locator('main figure').innerText()).not.toContain('cột cao nhất')
  expect(await seriousFaults(page, '/search')).toEqual([])
})

it('what is not understood is shown at its character', async () => {
  await visit(page, soc.url, '/search?q=%40timestamp%3A%3C11%2F13%2F2026')
  expect(await page.locator('main [role=alert]').innerText()).toContain('Ở ký tự 13')
})

it('the box at the top says what it does, opens codes and offers units', async () => {
  const box = page.locator('#search')
  await box.fill('phong dien')
  expect(await page.locator('.errand').innerText()).toContain('Mở đơn vị')
  await box.fill('vl-1')
  expect(await page.locator('.errand').innerText()).toContain('Mở sự cố VL-0001')
  await box.press('Enter')
  expect(new URL(page.url()).pathname).toBe('/incidents/VL-0001')
})

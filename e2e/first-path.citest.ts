import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AlertList, IncidentDetail } from '#core/api/alerts.ts'
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
import { accountedFor, addUser, clientOf, sendTcp, signInAgain } from './running.ts'
import { settled, tabTo, visit, watchPage, handPauses } from './screens.ts'

const HERE = '19849'
const ELSEWHERE = '19756'
const PASSWORD = 'mot mat khau du dai 45'

const probeRule = `title: A probe was heard
id: 1f2e7a54-3a0e-4a53-9b7c-45ad0be00051
status: test
description: Opens an alert for each user name that starts with do-.
logsource: { product: linux, service: sshd }
detection:
  selection:
    user.name|startswith: do-
  condition: selection
level: high
soc:
  entity: [user.name]
  title_vi: Nghe được phép đo
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

/** A browser of its own, as another person has it. */
async function person(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' })
  contexts.push(context)
  return context.newPage()
}

const row = (page: Page, text: string) => page.locator('[data-alert-id]', { hasText: text })
const alertsNow = (q: string) => admin.get<AlertList>(`/api/alerts?tab=all&q=${encodeURIComponent(q)}`)

beforeAll(async () => {
  await ensureWeb(() => undefined)
  data = temporaryFolder('first-path')
  const rules = join(data, 'rules')
  mkdirSync(rules)
  writeFileSync(join(rules, 'probe.yml'), probeRule)
  soc = await startSocProcess(data, { SOC_RULES: rules })
  browser = await launchBrowser()
  admin = await signInAsAdmin(soc)
  await addSource(admin, { name: 'syslog', unit: HERE, networks: ['127.0.0.0/8'] })
})

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

afterAll(async () => {
  await browser?.close()
  await soc?.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('from the wire to the incident, in a real browser', () => {
  it('sign in, a live alert without reload, judged by keyboard, incident: the whole walk without a mouse', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '../cli/index.ts'), 'users', 'reset-password', 'admin'],
      { env: { ...process.env, SOC_DATA: data } }
    )
    const page = await person()
    const complaints = await watchPage(page)
    await page.goto(soc.url)
    await tabTo(page, 'input[autocomplete=username]')
    await page.keyboard.type('admin')
    await tabTo(page, 'input[autocomplete=current-password]')
    await page.keyboard.type(stdout.trim())
    await page.keyboard.press('Enter')

    // The first sign-in with a printed password leads nowhere but to a new password.
    await page.locator('input[autocomplete=new-password]').first().waitFor()
    expect(await page.locator('nav').count()).toBe(0)
    await tabTo(page, 'input[autocomplete=current-password]')
    await page.keyboard.type(stdout.trim())
    for (let field = 0; field < 2; field++) {
      await page.keyboard.press('Tab')
      await page.keyboard.type(PASSWORD)
    }
    await page.keyboard.press('Enter')
    await page.locator('nav').first().waitFor()
    await expect.poll(() => new URL(page.url()).pathname).toBe('/alerts')
    admin = await signInAgain(soc, { username: 'admin', password: PASSWORD })

    const other = await person()
    await signInOnPage(other, soc, { username: 'admin', password: PASSWORD })
    await settled(page)
    await page.evaluate('window.sameDocument = true')

    await sendTcp(soc, ssh('do-duong-day'))
    await row(page, 'do-duong-day').waitFor()
    await row(other, 'do-duong-day').waitFor()
    const [alert] = (await alertsNow('do-duong-day')).items
    expect(alert).toMatchObject({ status: 'new', count: 1 })

    // j, Enter, 1: three keys from the queue to a verdict.
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.locator('article h2', { hasText: 'do-duong-day' }).waitFor()
    await handPauses(page)
    await page.keyboard.press('1')
    await expect.poll(() => row(page, 'do-duong-day').count()).toBe(0)
    // Where nobody stands in the list it keeps to its tab when somebody else judges.
    await expect.poll(() => row(other, 'do-duong-day').count()).toBe(0)
    expect((await alertsNow('do-duong-day')).items[0]).toMatchObject({ status: 'closed', verdict: 'true_positive' })

    await handPauses(page)
    await page.keyboard.press('z')
    await row(page, 'do-duong-day').waitFor()
    await other.locator('[data-alert-id]:not(.settled)', { hasText: 'do-duong-day' }).waitFor()
    expect((await alertsNow('do-duong-day')).items[0]).toMatchObject({ status: 'new', verdict: null })

    await other.goto(new URL('/incidents', soc.url).href)
    await settled(other)
    if ((await page.locator('.line.active').count()) === 0) await page.keyboard.press('j')
    await handPauses(page)
    await page.keyboard.press('m')
    await page.locator('.form input[type=text]').waitFor()
    await page.keyboard.type('Dò mật khẩu ở xã')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await alertsNow('do-duong-day')).items[0]?.incident).toMatch(/^VL-\d+$/)
    const id = (await alertsNow('do-duong-day')).items[0]!.incident!
    await other.getByText('Dò mật khẩu ở xã').first().waitFor()

    await page.keyboard.press('Escape')
    await handPauses(page)
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.getByText('Dò mật khẩu ở xã').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/incidents/${id}`)
    await settled(page)
    const { timeline } = await admin.get<IncidentDetail>(`/api/incidents/${id}`)
    expect(timeline.map((entry) => entry.act)).toContain('incident.opened')
    await expect.poll(() => page.locator('article ol > li, article ul.timeline > li').count()).toBeGreaterThan(0)
    expect(await page.evaluate('window.sameDocument')).toBe(true)

    await tabTo(page, 'button[aria-label=English]')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('en')
    await page.locator('nav', { hasText: 'Incidents' }).first().waitFor()

    await tabTo(page, 'button.who')
    await page.keyboard.press('Enter')
    await tabTo(page, 'button:has-text("Sign out")')
    await page.keyboard.press('Enter')
    await page.locator('input[autocomplete=username]').waitFor()
    await page.goto(new URL(`/incidents/${id}`, soc.url).href)
    await page.locator('input[autocomplete=username]').waitFor()
    expect(complaints.list).toEqual([])
  })

  it('an owner sees its own unit and nothing else, a leader numbers without log text, an auditor cannot act', async () => {
    await accountedFor(admin, () => sendTcp(soc, ssh('do-cua-xa-minh')), { stored: 1 })
    await expect.poll(async () => (await alertsNow('do-cua-xa-minh')).total).toBe(1)
    const [mine] = (await alertsNow('do-cua-xa-minh')).items
    const accounts = [
      { username: 'chu-xa', name: 'Chủ xã', role: 'owner', units: [HERE] },
      { username: 'chu-khac', name: 'Chủ nơi khác', role: 'owner', units: [ELSEWHERE] },
      { username: 'lanh-dao', name: 'Lãnh đạo', role: 'leader', units: [] },
      { username: 'kiem-tra', name: 'Kiểm tra', role: 'auditor', units: [] }
    ] as const
    const ask: Record<string, Awaited<ReturnType<typeof clientOf>>> = {}
    for (const account of accounts) {
      const { password } = await addUser(admin, { ...account, units: [...account.units] })
      ask[account.username] = await clientOf(soc, account.username, password, PASSWORD)
    }
    /** Signs in and collects the text of every answer the browser was given. */
    const enter = async (username: string) => {
      const page = await person()
      const complaints = await watchPage(page)
      const answers: string[] = []
      page.on('response', (answer) => {
        if (!new URL(answer.url()).pathname.startsWith('/api')) return
        void answer.text().then(
          (text) => answers.push(text),
          () => undefined
        )
      })
      page.on('websocket', (socket) => socket.on('framereceived', (frame) => answers.push(String(frame.payload))))
      await signInOnPage(page, soc, { username, password: PASSWORD })
      await settled(page)
      return { page, answers, complaints }
    }
    const everything = [
      '/alerts',
      `/alerts/${mine!.id}?tab=all`,
      '/incidents',
      '/search?q=*',
      '/units',
      `/units/${HERE}`,
      '/sources',
      '/sources/dead-letters',
      '/rules',
      '/models',
      '/admin',
      '/admin/audit',
      '/posture',
      '/mine'
    ]

    const owner = await enter('chu-xa')
    expect(new URL(owner.page.url()).pathname).toBe('/mine')
    await row(owner.page, 'do-cua-xa-minh').waitFor()
    await visit(owner.page, soc.url, `/alerts/${mine!.id}?tab=all`)
    await owner.page.locator('article h2', { hasText: 'do-cua-xa-minh' }).waitFor()
    await visit(owner.page, soc.url, `/units/${ELSEWHERE}`)
    expect((await ask['chu-xa']!('GET', `/api/units/${ELSEWHERE}`)).status).toBe(404)

    // Both watch live while an alert is raised: only one of the three is told what it says.
    const stranger = await enter('chu-khac')
    const leader = await enter('lanh-dao')
    expect(new URL(leader.page.url()).pathname).toBe('/posture')
    await visit(owner.page, soc.url, '/mine')
    await accountedFor(admin, () => sendTcp(soc, ssh('do-luc-dang-xem')), { stored: 1 })
    await row(owner.page, 'do-luc-dang-xem').waitFor()
    for (const { page } of [stranger, leader]) for (const path of everything) await visit(page, soc.url, path)
    for (const { page, answers, complaints } of [stranger, leader]) {
      expect(answers.length).toBeGreaterThan(5)
      expect(answers.filter((text) => /do-cua-xa|do-luc-dang|do-duong|192\.0\.2\.|__pwned/.test(text))).toEqual([])
      expect(await page.locator('body').innerText()).not.toMatch(/do-cua-xa|do-luc-dang|192\.0\.2\./)
      expect(complaints.list).toEqual([])
    }
    await visit(leader.page, soc.url, '/posture')
    expect(await leader.page.locator('main dl').first().innerText()).toMatch(/\d/)
    expect(await leader.page.locator('[data-alert-id]').count()).toBe(0)

    const auditor = await enter('kiem-tra')
    await visit(auditor.page, soc.url, `/alerts/${mine!.id}?tab=all`)
    await auditor.page.locator('article h2', { hasText: 'do-cua-xa-minh' }).waitFor()
    for (const key of ['1', 'a', 'u']) await auditor.page.keyboard.press(key)
    expect(await auditor.page.locator('article button', { hasText: 'Đúng là tấn công' }).count()).toBe(0)
    const act = { ids: [mine!.id], act: { kind: 'verdict', verdict: 'benign' } }
    for (const { username } of accounts)
      expect((await ask[username]!('POST', '/api/alerts/acts', act)).status).toBe(403)
    expect((await alertsNow('do-cua-xa-minh')).items[0]).toMatchObject({ status: 'new', verdict: null })
    expect([owner.complaints.list, auditor.complaints.list]).toEqual([[], []])
  })
})

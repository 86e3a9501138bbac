import { rmSync } from 'node:fs'
import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AlertDetail, AlertList, IncidentDetail, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { NotificationList, OutboxList } from '#core/api/notifications.ts'
import type { Posture } from '#core/api/posture.ts'
import type { ReportJob } from '#core/api/reports.ts'
import type { TaskList } from '#core/api/tasks.ts'
import { ictDay } from '#core/time.ts'
import { launchBrowser, signInOnPage } from '#testing/console-page.ts'
import {
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'
import { ensureWeb } from '#console/build-web.ts'
import { addUser, clientOf, signInAgain } from './running.ts'
import { settled, visit, watchPage, type Complaints, handPauses } from './screens.ts'

/*
 * One outage from the system that fails to the report that tells of it, on the whole platform with its demonstration:
 * broken and mended at the simulator, seen, asked, answered and closed in real browsers. The tests are one story, in order.
 */

const OWNER = 'H57.hueioc'
const ELSEWHERE = '19849'
const PASSWORD = 'mot mat khau du dai 45'
const DOWN = [22, 23, 27, 44]
const DEGRADED = [2, 18, 24, 25, 28, 32]
type Incidents = { items: IncidentRow[] }
const soon = { timeout: 30_000, interval: 100 }

let data: string
let soc: SocProcess
let browser: Browser
let admin: AdminClient
const asked: Record<string, Awaited<ReturnType<typeof clientOf>>> = {}
const contexts: BrowserContext[] = []
const complaints: Complaints[] = []
/** What the story has come to. */
let incident: string
let alert: string
let task: string
let link: string

const people = [
  { username: 'truc-ban', name: 'Trực ban', role: 'analyst', units: [] },
  { username: 'chu-hue-s', name: 'Chủ quản Hue-S', role: 'owner', units: [OWNER] },
  { username: 'lanh-dao', name: 'Lãnh đạo', role: 'leader', units: [] },
  { username: 'kiem-tra', name: 'Kiểm tra', role: 'auditor', units: [] }
] as const

/** A browser of its own, as another person has it; what it complains about is looked at after each test. */
async function person(username?: string, size = { width: 1440, height: 900 }): Promise<Page> {
  const context = await browser.newContext({ viewport: size, locale: 'vi-VN', reducedMotion: 'reduce' })
  contexts.push(context)
  const page = await context.newPage()
  complaints.push(await watchPage(page))
  if (username !== undefined) await signInOnPage(page, soc, { username, password: PASSWORD })
  return page
}
/** What a browser is told, answers and pushes, as text. */
function textsHeardBy(page: Page): string[] {
  const texts: string[] = []
  page.on('response', (answer) => {
    if (!new URL(answer.url()).pathname.startsWith('/api')) return
    void answer.text().then(
      (text) => texts.push(text),
      () => undefined
    )
  })
  page.on('websocket', (socket) => socket.on('framereceived', (frame) => texts.push(String(frame.payload))))
  return texts
}

const wallNow = () => admin.get<Wall>('/api/health/wall')
const stateOf = (wall: Wall, model: number) => wall.models.find((one) => one.id === model)?.state
const incidentNow = () => admin.get<IncidentDetail>(`/api/incidents/${incident}`)
const tile = (page: Page, model: number, state: string) =>
  page.locator(`a[data-model="${model}"][data-state="${state}"]`)
/** As whoever sits at the simulator does it. */
async function turn(act: string) {
  const answer = await fetch(new URL(act, soc.simulator!), { method: 'POST' })
  expect(answer.status).toBe(200)
}
/** The words of a PDF as a reader finds them, in one line. */
async function wordsOfPdf(bytes: ArrayBuffer): Promise<string> {
  const reading = getDocument({ data: new Uint8Array(bytes), verbosity: VerbosityLevel.ERRORS })
  const file = await reading.promise
  const texts: string[] = []
  for (let number = 1; number <= file.numPages; number++) {
    const { items } = await (await file.getPage(number)).getTextContent()
    texts.push(...items.flatMap((item) => ('str' in item ? [item.str] : [])))
  }
  await reading.destroy()
  return texts.join(' ').normalize().replace(/\s+/g, ' ')
}
const as = async <T>(username: string, path: string): Promise<{ status: number; body: T }> => {
  const { status, text } = await asked[username]!('GET', path)
  return { status, body: JSON.parse(text) as T }
}

beforeAll(async () => {
  await ensureWeb(() => undefined)
  data = temporaryFolder('outage-walk')
  soc = await startSocProcess(data, { SOC_DEMO: 'on' })
  browser = await launchBrowser()
  admin = await signInAsAdmin(soc)
  for (const account of people) {
    const { password } = await addUser(admin, { ...account, units: [...account.units] })
    asked[account.username] = await clientOf(soc, account.username, password, PASSWORD)
  }
  await admin.send('PUT', `/api/units/${OWNER}/contacts`, {
    contacts: [{ role: 'Trực hệ thống', name: 'Đầu mối Hue-S', phone: '0900000045', email: 'dau-moi@example.vn' }]
  })
})
beforeEach(() => void complaints.splice(0))
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
  expect(complaints.flatMap(({ list }) => list)).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await soc?.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('an outage from the system to the report', () => {
  it('Hue-S breaks: the wall turns by itself, one alert and one incident name its ten models', async () => {
    const wall = await person('truc-ban')
    const walls: Wall[] = []
    wall.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const found = /^42(\["health:changed",.*\])$/s.exec(String(payload))
        if (found !== null) walls.push((JSON.parse(found[1]!) as [string, Wall])[1])
      })
    )
    await visit(wall, soc.url, '/models')
    // Every system has been asked once.
    for (const model of [...DOWN, ...DEGRADED]) await tile(wall, model, 'UP').waitFor()
    await wall.evaluate(`new MutationObserver((_, self) => {
      if (document.querySelector('a[data-model="22"][data-state="DOWN"]') === null) return
      requestAnimationFrame(() => (window.turnedAt ??= Date.now()))
      self.disconnect()
    }).observe(document.body, { subtree: true, childList: true, attributes: true })`)
    const brokenAt = Date.now()
    await turn('/break/hue-s/down')
    for (const model of DOWN) await tile(wall, model, 'DOWN').waitFor()
    for (const model of DEGRADED) await tile(wall, model, 'DEGRADED').waitFor()
    const turnedAt = Number(await wall.evaluate('window.turnedAt'))
    const committed = walls.find((one) => stateOf(one, 22) === 'DOWN')!
    console.log(`state change → screen: ${turnedAt - committed.at} ms; break → screen: ${turnedAt - brokenAt} ms`)
    // A state is written when it is known; the wall that was pushed says when. Generous for a loaded machine.
    expect(turnedAt - committed.at).toBeLessThan(5_000)

    const banner = wall.getByRole('article').filter({ hasText: 'Hue-S ngừng' })
    await banner
      .getByText('nguyên nhân gốc của 10 mô hình: ngừng 22, 23, 27, 44; suy giảm 2, 18, 24, 25, 28, 32')
      .waitFor()
    await banner.getByRole('link', { name: /Sự cố VL-/ }).waitFor()
    const outages = (await wallNow()).outages
    expect(outages).toMatchObject([{ system: 'hue-s', state: 'DOWN', down: DOWN, degraded: DEGRADED }])
    incident = outages[0]!.incident!
    alert = outages[0]!.alert!
    const all = (await admin.get<Incidents>('/api/incidents')).items.filter(({ reason }) => reason === 'root_outage')
    expect(all.map(({ id }) => id)).toEqual([incident])
    const detail = await incidentNow()
    expect(detail.alerts.map(({ id }) => id)).toEqual([alert])
    for (const model of [...DOWN, ...DEGRADED]) expect(detail.incident.title.vi).toMatch(new RegExp(`\\b${model}\\b`))
    await banner.getByRole('link', { name: /Sự cố VL-/ }).click()
    await wall.getByRole('heading', { level: 1, name: /Hue-S ngừng/ }).waitFor()
  })

  it('an analyst asks the owner with r, and the message lies in the outbox of the demonstration', async () => {
    const queue = await person('truc-ban')
    await visit(queue, soc.url, '/alerts')
    const line = queue.locator(`[data-alert-id="${alert}"]`)
    await line.waitFor()
    for (let step = 0; step < 40 && (await line.and(queue.locator('.active')).count()) === 0; step++) {
      await queue.keyboard.press('j')
    }
    await handPauses(queue)
    await queue.keyboard.press('r')
    const form = queue.locator('.request')
    await form.waitFor()
    expect(await form.locator('select').first().inputValue()).toBe(OWNER)
    expect(await form.innerText()).toContain('Đầu mối Hue-S')
    await queue.keyboard.press('Control+Enter')
    await queue.getByText(/Đã gửi NV-\d+/).waitFor()
    const tasks = await admin.get<TaskList>('/api/tasks')
    expect(tasks.items).toMatchObject([{ state: 'sent', incident, alerts: [alert], unit: { code: OWNER } }])
    task = tasks.items[0]!.id

    const outbox = () => admin.get<OutboxList>('/api/notifications/outbox')
    const ofTask = async () =>
      (await outbox()).items.filter(({ notification }) => notification.subject === `task:${task}`)
    await expect.poll(async () => (await ofTask()).length, soon).toBeGreaterThan(0)
    const [message] = await ofTask()
    expect(message!.notification).toMatchObject({ channel: 'local', status: 'delivered', recipient: 'Đầu mối Hue-S' })
    // A lock screen is not the place for what happened and where.
    expect(message!.text).not.toContain('Hue-S ngừng')
    link = message!.link
    expect(link).toMatch(/\/t\/[\w-]{43}$/)
    await visit(queue, soc.url, '/notifications/outbox')
    const shown = queue.getByRole('link', { name: 'Mở như người nhận' }).and(queue.locator(`[href$="${link}"]`))
    await shown.first().waitFor()
    await expect.poll(async () => (await incidentNow()).incident.status).toBe('waiting')
  })

  it('the owner opens the link on a phone and answers: received, then done; the incident tells it', async () => {
    const phone = await person(undefined, { width: 390, height: 844 })
    await phone.goto(new URL(link, soc.url).href)
    await phone.getByText(/Hue-S ngừng từ/).waitFor()
    expect((await admin.get<TaskList>('/api/tasks')).items[0]).toMatchObject({ state: 'sent' })
    await phone.getByRole('button', { name: 'Đã nhận, đang xử lý' }).click()
    await phone.getByRole('status').getByText('Đang xử lý').waitFor()
    expect(await phone.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)

    const wall = await person('truc-ban')
    await visit(wall, soc.url, '/models')
    await wall.getByText(/đã báo Trung tâm Giám sát, điều hành đô thị thông minh .* \(đã nhận/).waitFor()
    const desk = await person('truc-ban')
    await visit(desk, soc.url, `/incidents/${incident}`)
    await desk.getByText(`${task}: đơn vị đang xử lý`).waitFor()

    await phone.getByRole('button', { name: 'Đã xong' }).click()
    await phone.locator('textarea').fill('Đã khởi động lại máy chủ')
    await phone.getByRole('button', { name: 'Gửi: Đã xong' }).click()
    await phone.getByText('Đã xong. Cảm ơn.').waitFor()
    // On the analyst's open page without a reload, with what was written.
    await desk.getByText(`${task}: đơn vị báo đã xong`).waitFor()
    await desk.getByText('Đã khởi động lại máy chủ').first().waitFor()
    expect((await incidentNow()).timeline.map(({ act }) => act)).toEqual(
      expect.arrayContaining(['incident.opened', 'task.sent', 'task.doing', 'task.done'])
    )
    await expect.poll(async () => (await incidentNow()).incident.status).toBe('in_progress')
  })

  it('Hue-S is mended: the wall is green, the alert closes itself, an analyst closes the incident', async () => {
    const wall = await person('truc-ban')
    await visit(wall, soc.url, '/models')
    await tile(wall, 22, 'DOWN').waitFor()
    await turn('/mend/hue-s')
    for (const model of [...DOWN, ...DEGRADED]) await tile(wall, model, 'UP').waitFor({ timeout: 60_000 })
    // The story of the demonstration goes on: others may fail meanwhile.
    await expect.poll(() => wall.getByRole('article').filter({ hasText: 'Hue-S ngừng' }).count(), soon).toBe(0)
    await expect
      .poll(async () => (await admin.get<AlertDetail>(`/api/alerts/${alert}`)).alert.status, soon)
      .toBe('closed')
    expect((await incidentNow()).incident.status).toBe('review')

    await visit(wall, soc.url, `/incidents/${incident}`)
    await wall.getByText('hết sự cố gốc: hệ thống hoạt động lại').waitFor()
    await wall.getByRole('button', { name: 'Đóng sự cố' }).click()
    await wall.getByLabel('Đúng, có xảy ra').check()
    await wall.getByLabel('Sự cố là gì, đã xử lý thế nào').fill('Máy chủ treo, đã khởi động lại')
    await wall.getByRole('button', { name: 'Đóng với kết luận này' }).click()
    await expect.poll(async () => (await incidentNow()).incident.status).toBe('closed')
    // Every step is told in words; nothing on the page is a code.
    const story = await wall.locator('article').first().innerText()
    expect(story).not.toMatch(/\b(?:story|task|alert|incident)\.[a-z_]+/)
    const alerts = await admin.get<AlertList>('/api/alerts?tab=all&q=Hue-S')
    expect(alerts.items.filter(({ status }) => status !== 'closed')).toEqual([])
  })

  it('posture and the report of the day tell the outage, what fell with it, and that it is over', async () => {
    const detail = await incidentNow()
    const day = ictDay(detail.incident.openedAt)
    const { figures, paragraph } = (await as<Posture>('lanh-dao', `/api/posture?from=${day}&to=${day}`)).body
    const outage = figures.health.outages.find(({ system }) => system === 'hue-s')!
    expect(outage).toMatchObject({ name: 'Hue-S', down: DOWN, degraded: DEGRADED })
    expect(outage.to).not.toBeNull()
    expect(outage.ms).toBe(outage.to! - outage.from)
    expect(figures.incidents.list.find(({ id }) => id === incident)).toMatchObject({ status: 'closed' })
    expect(figures.tasks).toMatchObject({ sent: { value: 1 }, answered: { value: 1 }, overdueAtEnd: { value: 0 } })
    expect(paragraph.map(({ text }) => text.vi).join(' ')).toMatch(
      new RegExp(`Hue- ?S ngừng một lần .*, ${DOWN.length} mô hình ngừng, ${DEGRADED.length} mô hình suy giảm`)
    )

    const leader = await person('lanh-dao')
    await visit(leader, soc.url, `/posture?from=${day}&to=${day}`)
    await leader.getByText(/Hue-S ngừng một lần/).waitFor()

    const make = (body: object) => asked['lanh-dao']!('POST', '/api/reports', body)
    const begun = await make({ kind: 'daily', period: { from: day, to: day }, unit: '' })
    expect(begun.status).toBe(200)
    const { id } = JSON.parse(begun.text) as ReportJob
    const job = async () => (await as<ReportJob>('lanh-dao', `/api/reports/jobs/${id}`)).body
    await expect.poll(async () => (await job()).step, { timeout: 60_000, interval: 200 }).toBe('done')
    const report = (await job()).report!
    expect(report).toMatchObject({ kind: 'daily', draft: true, origin: 'demonstration' })
    const session = await signInAgain(soc, { username: 'lanh-dao', password: PASSWORD })
    const file = await fetch(new URL(`/api/reports/${report.id}/files/pdf`, soc.url), {
      headers: { cookie: session.cookie }
    })
    const text = await wordsOfPdf(await file.arrayBuffer())
    // A line of the page may end behind the hyphen.
    expect(text).toMatch(
      new RegExp(`Hue-S ngừng một lần [^.]*, ${DOWN.length} mô hình ngừng, ${DEGRADED.length} mô hình suy giảm`)
    )
    expect(text).toContain(`ngừng: ${DOWN.join(', ')}; suy giảm: ${DEGRADED.join(', ')}`)
    expect(text).toMatch(/Sự cố đóng trong kỳ 1\b/)
    expect(text).toContain('Đã giao 1 việc cho đơn vị; 1 việc được trả lời')
    expect(text).not.toMatch(/Hue-S [^,]{0,60}chưa khôi phục/)
  })
})

describe('the same day as others see it', () => {
  const security = /anh-bia|203\.0\.113|198\.51\.100|192\.0\.2|mc-aluoi|cb-0171|phongthu/

  it('an owner has its task with what was said, and nothing of other units', async () => {
    const page = await person()
    const texts = textsHeardBy(page)
    await signInOnPage(page, soc, { username: 'chu-hue-s', password: PASSWORD })
    await settled(page)
    expect(new URL(page.url()).pathname).toBe('/mine')
    await page.getByText(task).first().waitFor()
    for (const path of ['/alerts?tab=all', '/incidents', `/incidents/${incident}`, '/units', '/sources', '/probes'])
      await visit(page, soc.url, path)
    await visit(page, soc.url, `/tasks/${task}`)
    await page.getByText('Đã khởi động lại máy chủ').first().waitFor()
    expect(texts.length).toBeGreaterThan(5)
    expect(texts.filter((text) => security.test(text))).toEqual([])
    const others = (await admin.get<Incidents>('/api/incidents')).items.find(({ id }) => id !== incident)!
    const denied = [
      `/api/units/${ELSEWHERE}`,
      `/api/incidents/${others.id}`,
      '/api/rules',
      '/api/posture',
      '/api/audit'
    ]
    const statuses = []
    for (const path of denied) statuses.push((await as('chu-hue-s', path)).status)
    expect(statuses).toEqual([404, 404, 403, 403, 403])
  })

  it('a leader has figures and the wall, never an alert’s words, a log or an address', async () => {
    const page = await person()
    const texts = textsHeardBy(page)
    await signInOnPage(page, soc, { username: 'lanh-dao', password: PASSWORD })
    await settled(page)
    expect(new URL(page.url()).pathname).toBe('/posture')
    for (const path of ['/models', '/models/23', '/systems', '/systems/hue-s', '/units', `/units/${ELSEWHERE}`])
      await visit(page, soc.url, path)
    await visit(page, soc.url, '/models')
    await page.locator('a[data-model="22"]').waitFor()
    expect(texts.length).toBeGreaterThan(5)
    expect(texts.filter((text) => security.test(text) || /127\.0\.0\.1/.test(text))).toEqual([])
    const denied = [
      'alerts',
      'incidents',
      `incidents/${incident}`,
      'events',
      'probes',
      'tasks',
      'audit',
      'rules',
      'sources'
    ]
    for (const path of denied) expect([path, (await as('lanh-dao', `/api/${path}`)).status]).toEqual([path, 403])
    const messages = await as('lanh-dao', '/api/notifications')
    expect(messages.status).toBe(403)
  })

  it('an auditor reads what was done and what was sent, and can do nothing', async () => {
    const page = await person('kiem-tra')
    await visit(page, soc.url, '/admin/audit')
    const acts = (await as<{ entries: { act: string }[] }>('kiem-tra', '/api/audit')).body.entries.map(({ act }) => act)
    expect(acts).toEqual(expect.arrayContaining(['report.made']))
    const notifications = await as<NotificationList>('kiem-tra', '/api/notifications')
    expect(notifications.status).toBe(200)
    expect(notifications.body.items.some(({ subject }) => subject === `task:${task}`)).toBe(true)
    await visit(page, soc.url, '/notifications')
    await page.getByText(task).first().waitFor()
    await visit(page, soc.url, `/incidents/${incident}`)
    await page.getByText(`${task}: đơn vị báo đã xong`).waitFor()
    expect(await page.getByRole('group', { name: 'Trạng thái' }).count()).toBe(0)
    const tries: [string, object][] = [
      ['/api/alerts/acts', { ids: [alert], act: { kind: 'reopen' } }],
      [`/api/incidents/${incident}/acts`, { kind: 'status', status: 'new' }],
      [`/api/tasks/${task}/acts`, { kind: 'revoke' }],
      ['/api/reports', { kind: 'daily', period: { from: '2026-01-01', to: '2026-01-01' }, unit: '' }],
      ['/api/maintenance', { systems: ['hue-s'], from: 1, to: 2, reason: 'x' }]
    ]
    for (const [path, body] of tries)
      expect([path, (await asked['kiem-tra']!('POST', path, body)).status]).toEqual([path, 403])
  })
})

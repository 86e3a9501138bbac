import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AlertList } from '#core/api/alerts.ts'
import type { EventSearch, SourceList } from '#core/api/sources.ts'
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
import { accountedFor, addUser, clientOf, post, sendTcp } from './running.ts'
import { hostileText, seriousFaults, settled, visit, watchPage } from './screens.ts'

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
falsepositives: ['${hostileText}']
level: high
soc:
  entity: [user.name]
  title_vi: Nghe được phép đo
  sentence_vi: '{user.name} vào {host.name}'
  sentence_en: '{user.name} signed in on {host.name}'
`
const hostileRule = `title: '${hostileText}'
id: '${hostileText}'
detection: ['${hostileText}'
`

const ssh = (user: string) =>
  `<38>${new Date().toISOString()} may-1 sshd[1]: Accepted password for ${user} from 192.0.2.1 port 40000 ssh2\n`

let data: string
let soc: SocProcess
let browser: Browser
let admin: AdminClient
let token: string
const contexts: BrowserContext[] = []

/** A browser of its own, as another person has it. */
async function person(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'vi-VN' })
  contexts.push(context)
  return context.newPage()
}

const alertsNow = (q: string) => admin.get<AlertList>(`/api/alerts?tab=all&q=${encodeURIComponent(q)}`)

beforeAll(async () => {
  await ensureWeb(() => undefined)
  data = temporaryFolder('screens')
  const rules = join(data, 'rules')
  mkdirSync(rules)
  writeFileSync(join(rules, 'probe.yml'), probeRule)
  writeFileSync(join(rules, 'hostile.yml'), hostileRule)
  soc = await startSocProcess(data, { SOC_RULES: rules })
  browser = await launchBrowser()
  admin = await signInAsAdmin(soc)
  token = (await addSource(admin, { name: 'HTTP', unit: HERE, speaksFor: 'any' })).token
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

describe('every screen of the console, in a real browser', () => {
  it('script text in every field, shown on every screen, stays text', async () => {
    const at = new Date().toISOString()
    const leaf = hostileText
    const document = {
      '@timestamp': at,
      message: leaf,
      tags: [leaf],
      labels: { [leaf]: leaf },
      event: {
        action: leaf,
        dataset: leaf,
        module: leaf,
        reason: leaf,
        id: leaf,
        category: ['authentication', leaf],
        outcome: leaf
      },
      host: { name: leaf, hostname: leaf, os: { type: leaf, name: leaf } },
      user: { name: `do-${leaf}`, domain: leaf, full_name: leaf },
      source: { ip: leaf, address: leaf, domain: leaf },
      url: { original: leaf, path: leaf, domain: leaf },
      user_agent: { original: leaf },
      process: { name: leaf, command_line: leaf, executable: leaf },
      file: { name: leaf, path: leaf },
      rule: { name: leaf },
      organization: { id: leaf, name: leaf },
      observer: { vendor: leaf, name: leaf },
      log: { syslog: { appname: leaf } },
      [leaf]: { [leaf]: leaf }
    }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' }
    const agent = `<190>${at} may-1 nginx: 192.0.2.7 - ${leaf.replaceAll(' ', '+')} [23/Nov/2026:10:00:00 +0700] "GET /${leaf.replaceAll(' ', '+')} HTTP/1.1" 200 1 "${leaf}" "${leaf}"\n`
    await accountedFor(
      admin,
      async () => {
        await post(soc, '/v1/events', headers, JSON.stringify(document))
        await sendTcp(
          soc,
          ssh(`do-${leaf}`),
          agent,
          `${leaf}\n`,
          `<38>${at} ${leaf.replaceAll(' ', '+')} ${leaf}: ${leaf}\n`
        )
      },
      { stored: 4, dead_lettered: 1 }
    )
    await expect
      .poll(async () => (await alertsNow('do-')).items.some((item) => item.sentence.vi.includes(leaf)))
      .toBe(true)
    const source = await addSource(admin, { name: leaf, unit: HERE })
    await addUser(admin, { username: 'ten-la', name: leaf, role: 'analyst', units: [] })
    const alerts = (await alertsNow('')).items
    const hostile = alerts.find((item) => item.sentence.vi.includes(leaf))!
    const made = await admin.send<{ incident: string }>('POST', '/api/alerts/acts', {
      ids: [hostile.id],
      act: { kind: 'merge', incident: null, title: leaf }
    })
    await admin.send('POST', '/api/alerts/acts', { ids: [hostile.id], act: { kind: 'note', text: leaf } })
    await admin.send('POST', `/api/incidents/${made.incident}/acts`, { kind: 'note', text: leaf })
    await admin.send('PUT', `/api/units/${HERE}/contacts`, {
      contacts: [
        { name: leaf.slice(0, 200), role: leaf.slice(0, 100), phone: leaf.slice(0, 50), email: leaf.slice(0, 200) }
      ]
    })
    const { hits } = await admin.get<EventSearch>('/api/events?q=*&limit=20')

    const page = await person()
    const complaints = await watchPage(page)
    await signInOnPage(page, soc, admin)
    const paths = [
      '/alerts?tab=all',
      ...alerts.map((item) => `/alerts/${item.id}?tab=all`),
      `/alerts/${hostile.id}?tab=all&full=1`,
      `/alerts?q=${encodeURIComponent(leaf)}`,
      '/incidents',
      `/incidents/${made.incident}`,
      '/units',
      `/units/${HERE}`,
      '/models',
      '/models/1',
      '/models?wall=1',
      '/systems',
      '/systems/hue-s',
      '/probes',
      '/probes/new',
      '/maintenance',
      '/maintenance/new',
      '/search',
      `/search?q=${encodeURIComponent(leaf)}`,
      `/search?q=${encodeURIComponent(`"${leaf}"`)}`,
      ...hits.map((hit) => `/search?event=${encodeURIComponent(hit.id)}`),
      '/sources',
      `/sources/${source.id}`,
      '/sources/dead-letters',
      '/rules',
      '/rules/1f2e7a54-3a0e-4a53-9b7c-45ad0be00051',
      `/rules/${encodeURIComponent(leaf)}`,
      '/admin',
      '/admin/audit',
      `/${encodeURIComponent(leaf)}`
    ]
    let shown = 0
    for (const path of paths) {
      await visit(page, soc.url, path)
      if ((await page.locator('body').innerText()).includes('window.__pwned=1')) shown++
      expect(await page.evaluate('window.__pwned'), path).toBeUndefined()
      expect(await page.locator('img[src=x]').count(), path).toBe(0)
    }
    // As a search it is refused at its character; in quotes it is looked for.
    const refused = /^console at \/search: .* 400 /
    expect(complaints.list.filter((line) => !refused.test(line))).toEqual([])
    // The text really stood there: on the lists, panels, dead letters, audit and more.
    expect(shown).toBeGreaterThan(10)
  })

  it('every screen passes the accessibility rules, in light and in dark', { timeout: 400_000 }, async () => {
    const page = await person()
    await page.goto(soc.url)
    await page.locator('input[autocomplete=username]').waitFor()
    const found = await seriousFaults(page, 'sign-in')
    await signInOnPage(page, soc, admin)
    await accountedFor(admin, () => sendTcp(soc, ssh('do-duong-day')), { stored: 1 })
    await expect.poll(async () => (await alertsNow('do-duong-day')).total).toBe(1)
    const [alert] = (await alertsNow('do-duong-day')).items
    const { incident } = await admin.send<{ incident: string }>('POST', '/api/alerts/acts', {
      ids: [alert!.id],
      act: { kind: 'merge', incident: null, title: 'Dò mật khẩu ở xã' }
    })
    const [hit] = (await admin.get<EventSearch>('/api/events?q=*&limit=1')).hits
    const [source] = (await admin.get<SourceList>('/api/sources')).sources
    const paths = [
      '/alerts',
      `/alerts/${alert!.id}?tab=all`,
      '/incidents',
      `/incidents/${incident}`,
      '/units',
      `/units/${HERE}`,
      '/models',
      '/models/1',
      '/models?wall=1',
      '/systems',
      '/systems/hue-s',
      '/probes',
      '/probes/new',
      '/maintenance',
      '/maintenance/new',
      '/search?q=*',
      `/search?q=*&event=${encodeURIComponent(hit!.id)}`,
      '/sources',
      `/sources/${source!.id}`,
      '/sources/dead-letters',
      '/rules',
      '/rules/1f2e7a54-3a0e-4a53-9b7c-45ad0be00051',
      '/admin',
      '/admin/audit',
      '/password'
    ]
    for (const path of paths) {
      await visit(page, soc.url, path)
      const name = path.replace(/[\w-]{20,}/, 'ID')
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      found.push(...(await seriousFaults(page, `${name} light`)))
      // The tree is the same in the dark; only its colours are others.
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
      found.push(...(await seriousFaults(page, `${name} dark`, ['color-contrast'])))
    }
    for (const [username, role, path] of [
      ['chu-xa', 'owner', '/mine'],
      ['lanh-dao', 'leader', '/posture']
    ] as const) {
      const units = role === 'owner' ? [HERE, ELSEWHERE] : []
      const { password } = await addUser(admin, { username, name: 'Người xem', role, units })
      await clientOf(soc, username, password, PASSWORD)
      const viewer = await person()
      await signInOnPage(viewer, soc, { username, password: PASSWORD })
      await settled(viewer)
      expect(new URL(viewer.url()).pathname).toBe(path)
      found.push(...(await seriousFaults(viewer, path)))
    }
    expect(found).toEqual([])
  })
})

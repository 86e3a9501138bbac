import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BrowserContext } from 'playwright-core'
import { gzipSync } from 'node:zlib'
import { systemClock } from '#core/clock.ts'
import { stableHash } from '#core/ids.ts'
import type { MatchFold } from '#core/match.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#control/database/control.ts'
import { ensureWeb, webRoot } from '#console/build-web.ts'
import { launchBrowser, signInOnPage } from '#testing/console-page.ts'
import { quantile, type Benchmark, type Figure } from './report.ts'
import { signInAsAdmin, startSocProcess, temporaryFolder } from '#testing/running-process.ts'

const MAX_FIRST_LOAD_BYTES = 150 * 1024
const FOLDS_PER_COMMIT = 500
/** Below the 200 new entities an hour of one rule and unit, beyond which alerts are folded into one. */
const ENTITIES_PER_RULE_AND_UNIT = 100
const VISITS = 5

/** Gzip size of every script and style sheet of the built console, bytes. */
export function bundleSize(folder = webRoot): { bytes: number; files: number } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    ['.js', '.css'].includes(extname(name))
  )
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
  return { bytes, files: files.length }
}

type Loaded = { bytes: number; files: number; fontBytes: number }

/** Opens the queue in a fresh page without a cache; gzip size of every script and style fetched until its first row is painted, fonts apart. */
async function firstLoad(context: BrowserContext, url: string): Promise<Loaded> {
  const page = await context.newPage()
  const cold = await context.newCDPSession(page)
  await cold.send('Network.setCacheDisabled', { cacheDisabled: true })
  const fetched: Promise<{ path: string; body: Buffer }>[] = []
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname
    if (['.js', '.css', '.woff2'].includes(extname(path)))
      fetched.push(response.body().then((body) => ({ path, body })))
  })
  await page.addInitScript(markFirstRow)
  await page.goto(new URL('/alerts', url).href)
  await page.evaluate(firstRowAt)
  const files = await Promise.all(fetched)
  await page.close()
  const fonts = files.filter(({ path }) => extname(path) === '.woff2')
  const code = files.filter((file) => !fonts.includes(file))
  return {
    files: code.length,
    bytes: code.reduce((sum, { body }) => sum + gzipSync(body).length, 0),
    // Fonts are compressed by their own format.
    fontBytes: fonts.reduce((sum, { body }) => sum + body.length, 0)
  }
}

/** A fold that opens an alert of its own. */
function fold(number: number, units: readonly string[], now: number): MatchFold {
  const group = Math.floor(number / ENTITIES_PER_RULE_AND_UNIT)
  const unit = units[group % units.length]!
  const rule = `bench-${Math.floor(group / units.length)}`
  const address = `192.0.2.${number % 250}`
  const user = `nguoi-dung-${number}`
  const seen = now - number * 100
  const entity = { key: `${user}|${address}`, fields: { 'user.name': user, 'source.ip': address } }
  return {
    fingerprint: stableHash([rule, entity.key, unit]),
    rule: {
      id: rule,
      version: '1',
      title: { vi: 'Đăng nhập bất thường', en: 'Unusual log-in' },
      level: number % 20 === 0 ? 'high' : 'medium',
      tags: ['attack.t1110.001'],
      sentence: {
        vi: '{user.name} đăng nhập sai {count} lần từ {source.ip}',
        en: '{user.name} failed to log in {count} times from {source.ip}'
      },
      falsePositives: []
    },
    origin: 'real',
    unit,
    senders: [],
    entity,
    count: 1 + (number % 9),
    correlated: false,
    firstSeen: seen,
    lastSeen: seen,
    receivedAt: seen,
    matchedAt: seen,
    evidence: [],
    values: entity.fields
  }
}

/** Fills a data folder's control database with open alerts, through the same door as the detector. */
function fillQueue(data: string, count: number): void {
  const inventory = loadInventory('2023-11-30')
  const control = openControl(join(data, 'control.db'))
  try {
    const alerts = createAlerts({ control, inventory, clock: systemClock })
    const units = inventory.units('commune').map((unit) => unit.code)
    const now = Date.now()
    for (let from = 0; from < count; from += FOLDS_PER_COMMIT) {
      const to = Math.min(count, from + FOLDS_PER_COMMIT)
      const folds = Array.from({ length: to - from }, (_, index) => fold(from + index, units, now))
      alerts.commit({ partition: 0, from, to: to - 1, folds, exchanges: [], activity: [], sent: [] }, 'bench-spool')
    }
  } finally {
    control.close()
  }
}

/** Runs in the page before its own scripts: marks the moment at which the queue's first row, or the last of the wall's tiles, has been painted. */
const markFirstRow = `{
  const look = new MutationObserver(() => {
    if (document.querySelector('[data-alert-id], [data-model="46"]') === null) return
    look.disconnect()
    // The row is in the tree; the frame after the next one has painted it.
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('first-row')))
  })
  look.observe(document, { childList: true, subtree: true })
}`

/** Milliseconds from navigation to that mark, once it is there. */
const firstRowAt = `new Promise((resolve) => {
  const ask = () => {
    const mark = performance.getEntriesByName('first-row')[0]
    if (mark === undefined) requestAnimationFrame(ask)
    else resolve(mark.startTime)
  }
  ask()
})`

/** Size of the console's bundle, and how soon a full queue stands on the screen. */
export const web: Benchmark = {
  about:
    'size of the console and of the first load of the queue, first paint of the queue with 10,000 open alerts and of the wall of the 46 models',
  help: `
Usage: soc bench web [--alerts 10000]

Builds the console when stale and adds up what its scripts and styles weigh as gzip, all of them and those that Chromium
really fetches until the queue is painted (fonts apart). For that it fills a control database with --alerts open alerts, starts
a process on it, and measures in a signed-in Chromium the time from navigation to the frame that paints the first row of the queue, and to the one that paints the last of the wall's 46 tiles (median of 5, cold cache).`,
  async run(args, progress) {
    const { values } = parseArgs({ args, options: { alerts: { type: 'string', default: '10000' } } })
    await ensureWeb(progress)
    const bundle = bundleSize()
    const data = temporaryFolder('web')
    progress(`opening ${values.alerts} alerts …`)
    fillQueue(data, Number(values.alerts))
    const soc = await startSocProcess(data)
    const browser = await launchBrowser()
    try {
      const admin = await signInAsAdmin(soc)
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
      const page = await context.newPage()
      await page.addInitScript(markFirstRow)
      await signInOnPage(page, soc, admin)
      const cold = await context.newCDPSession(page)
      await cold.send('Network.setCacheDisabled', { cacheDisabled: true })
      const times: number[] = []
      for (let visit = 0; visit < VISITS; visit++) {
        await page.goto(new URL('/alerts', soc.url).href)
        times.push(Number(await page.evaluate(firstRowAt)))
      }
      const loaded = await firstLoad(context, soc.url)
      const wall: number[] = []
      for (let visit = 0; visit < VISITS; visit++) {
        await page.goto(new URL('/models', soc.url).href)
        wall.push(Number(await page.evaluate(firstRowAt)))
      }
      const wallMedian = quantile(wall, 0.5)
      const { total } = await admin.get<{ total: number }>('/api/alerts?tab=new&limit=1')
      const median = quantile(times, 0.5)
      const figures: Figure[] = [
        { name: 'bundle_files', value: bundle.files, unit: '' },
        { name: 'bundle_gzip', value: bundle.bytes / 1024, unit: 'KiB' },
        { name: 'first_load_files', value: loaded.files, unit: '' },
        {
          name: 'first_load_gzip',
          value: loaded.bytes / 1024,
          unit: 'KiB',
          target: '≤ 150',
          reached: loaded.bytes <= MAX_FIRST_LOAD_BYTES
        },
        { name: 'first_load_fonts', value: loaded.fontBytes / 1024, unit: 'KiB' },
        {
          name: 'open_alerts',
          value: total,
          unit: '',
          target: values.alerts,
          reached: total === Number(values.alerts)
        },
        { name: 'first_paint', value: median, unit: 'ms', target: '≤ 1000', reached: median <= 1_000 },
        { name: 'first_paint_worst', value: Math.max(...times), unit: 'ms' },
        { name: 'wall_first_paint', value: wallMedian, unit: 'ms', target: '≤ 1000', reached: wallMedian <= 1_000 },
        { name: 'wall_first_paint_worst', value: Math.max(...wall), unit: 'ms' }
      ]
      return figures
    } finally {
      await browser.close()
      await soc.stop()
      rmSync(data, { recursive: true, force: true })
    }
  }
}

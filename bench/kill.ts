import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { AlertList } from '#core/api/alerts.ts'
import { seeded } from '#simulator/random.ts'
import type { Benchmark, Figure } from './report.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type SocProcess
} from '#testing/running-process.ts'
import { ledgerOffline } from './ledger-offline.ts'
import { countStored, settled } from './stored.ts'

const EVENTS_PER_REQUEST = 50

/** Matches every event of the drill, so that the alert's count says how many were counted. */
const drillRule = `title: Kill Drill
id: 0d9a3c5e-4c1c-4f0d-8a77-45c0ffee0045
status: test
description: Matches every event that the kill drill sends.
logsource:
  product: linux
detection:
  selection:
    event.action: kill-drill
  condition: selection
level: low
soc:
  entity: [organization.id]
  title_vi: Diễn tập ngắt điện
  sentence_vi: '{count} sự kiện diễn tập'
  sentence_en: '{count} drill events'
`

/** kill -9 under load over both acknowledging doors: what was acknowledged is there, once, and counted once. */
export const kill: Benchmark = {
  about: 'kill -9 under load over _bulk and HTTP: nothing acknowledged is lost, nothing counts twice',
  help: `
Usage: soc bench kill [--kills 10] [--rules DIR]… [--elasticsearch-url URL]

Two senders each over /_bulk (with ids) and /v1/events (without) send numbered events as fast as they are acknowledged. The process is killed with SIGKILL at random
moments and started again; senders repeat the request that was never answered, byte for byte. At the end every number is looked for in the store.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: {
        kills: { type: 'string', default: '10' },
        rules: { type: 'string', multiple: true },
        'elasticsearch-url': { type: 'string' }
      }
    })
    const kills = Number(values.kills)
    const data = temporaryFolder('kill')
    const drillRules = join(data, 'drill-rules')
    mkdirSync(drillRules)
    writeFileSync(join(drillRules, 'drill.yml'), drillRule)
    const elasticsearch = values['elasticsearch-url']
    const settings = {
      SOC_RULES: ['./rules', drillRules, ...(values.rules ?? [])].join(','),
      ...(elasticsearch === undefined ? {} : { SOC_STORE: 'elasticsearch', SOC_ELASTICSEARCH_URL: elasticsearch })
    }
    const random = seeded(45)
    let soc: SocProcess | undefined = await startSocProcess(data, settings)
    const admin = await signInAsAdmin(soc)
    const { id, token } = await addSource(admin, { name: 'drill' })
    // The port must stay the same across restarts, as a real collector's does.
    const port = soc.port('http')
    const fixed = { ...settings, SOC_HTTP_PORT: String(port) }
    const acknowledged = new Set<number>()
    let next = 0
    let over = false
    let repeated = 0

    async function sender(path: '/_bulk' | '/v1/events') {
      while (!over) {
        const numbers = Array.from({ length: EVENTS_PER_REQUEST }, () => next++)
        const body = numbers
          .map((number) => {
            const event = JSON.stringify({
              '@timestamp': new Date().toISOString(),
              message: `kill drill event-${number}-end`,
              event: { action: 'kill-drill', sequence: number, dataset: 'system.auth' }
            })
            return path === '/_bulk' ? `{"create":{"_index":"drill","_id":"n${number}"}}\n${event}` : event
          })
          .join('\n')
        for (let attempt = 0; ; attempt++) {
          if (attempt > 0) repeated++
          try {
            const response = await fetch(`http://127.0.0.1:${port}${path}`, {
              method: 'POST',
              headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
              body: `${body}\n`
            })
            await response.arrayBuffer()
            if (response.ok) break
          } catch {
            // Refused or cut off: the answer never came, so the same bytes go again.
          }
          await sleep(20)
        }
        for (const number of numbers) acknowledged.add(number)
      }
    }
    const senders = (['/_bulk', '/_bulk', '/v1/events', '/v1/events'] as const).map(sender)
    let ledgerFaults = 0
    try {
      for (let round = 0; round < kills; round++) {
        await sleep(700 + random() * 1_800)
        await soc.kill()
        soc = undefined
        if (elasticsearch === undefined) {
          const ledger = await ledgerOffline(data)
          if (!ledger.balanced) {
            ledgerFaults++
            progress(`ledger after kill ${round + 1}: ${ledger.imbalance}`)
          }
        }
        soc = await startSocProcess(data, fixed)
        progress(`kill ${round + 1} of ${kills}: ${acknowledged.size} acknowledged so far`)
      }
      await sleep(1_000)
      over = true
      await Promise.all(senders)
      const again = await signInAsAdmin(soc)
      const row = await settled(again, id, acknowledged.size)
      const alerts = await again.get<AlertList>(
        '/api/alerts?tab=all&limit=100&rule=0d9a3c5e-4c1c-4f0d-8a77-45c0ffee0045'
      )
      const counted = alerts.items.reduce((sum, alert) => sum + alert.count, 0)
      await soc.stop()
      const seen = await countStored(data, settings, 'event.action:kill-drill', (event) =>
        Number((event['event'] as { sequence?: number }).sequence)
      )
      let lost = 0
      let duplicates = 0
      for (const number of acknowledged) {
        const times = seen.get(number) ?? 0
        if (times === 0) lost++
        else duplicates += times - 1
      }
      const figures: Figure[] = [
        { name: 'kills', value: kills, unit: '' },
        { name: 'acknowledged', value: acknowledged.size, unit: 'events' },
        { name: 'requests_repeated', value: repeated, unit: '' },
        { name: 'lost', value: lost, unit: 'events', target: '0', reached: lost === 0 },
        { name: 'duplicates', value: duplicates, unit: 'events', target: '0', reached: duplicates === 0 },
        { name: 'matches_counted', value: counted, unit: '', target: `= ${seen.size}`, reached: counted === seen.size },
        { name: 'ledger_faults', value: ledgerFaults, unit: '', target: '0', reached: ledgerFaults === 0 },
        { name: 'ledger_balanced_at_end', value: row ? 1 : 0, unit: '', target: '1', reached: row }
      ]
      return figures
    } finally {
      over = true
      await soc?.kill()
      rmSync(data, { recursive: true, force: true })
    }
  }
}

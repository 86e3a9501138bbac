import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { RuleList } from '#core/api/sources.ts'
import { launchBrowser, signInOnPage } from '#testing/console-page.ts'
import { quantile, type Benchmark, type Figure } from './report.ts'
import { addSource, signInAsAdmin, startSocProcess, temporaryFolder } from '#testing/running-process.ts'
import type { GeneratorOrder } from './tcp-generator.ts'

const WARM_UP_PROBES = 20
/** Below the 200 new entities an hour at which a rule's alerts are folded into one. */
const PROBES = 150
const PROBE_EVERY_MS = 400
const LOST_AFTER_MS = 20_000

const probeRule = `title: Wire To Screen Probe
id: 1f2e7a54-3a0e-4a53-9b7c-45ad0be00045
status: test
description: Matches the probes of the wire-to-screen benchmark.
logsource:
  product: linux
  service: sshd
detection:
  selection:
    user.name|startswith: wts-
  condition: selection
level: low
soc:
  entity: [user.name]
  title_vi: Đo từ dây tới màn hình
  sentence_vi: 'phép đo {user.name}'
  sentence_en: 'probe {user.name}'
`

/** Runs in the page: tells each probe's name and the moment its row stood in the DOM, once. */
const watchRows = `{
  const told = new Set()
  const look = () => {
    for (const row of document.querySelectorAll('[data-alert-id]')) {
      const probe = /wts-\\d+/.exec(row.textContent)?.[0]
      if (probe === undefined || told.has(probe)) continue
      told.add(probe)
      window.probeSeen(probe, Date.now())
    }
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
}`

/** From the last byte written to a socket to the new row in Chromium's DOM, under load. */
export const wireToScreen: Benchmark = {
  about: 'last byte on the wire → new row in a real browser, at 1,000 events/s with every rule on',
  help: `
Usage: soc bench wire-to-screen [--rules DIR]… [--rate 1000]

Starts a process, signs in with a real Chromium, sends --rate events/s of mixed syslog over TCP, and writes a probe every 400 ms on a second
connection: a line whose rule opens a new alert. A MutationObserver in the page notes the wall clock when the probe's row stands in the DOM.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: { rules: { type: 'string', multiple: true }, rate: { type: 'string', default: '1000' } }
    })
    const rate = Number(values.rate)
    const data = temporaryFolder('wire')
    const probeRules = join(data, 'probe-rules')
    mkdirSync(probeRules)
    writeFileSync(join(probeRules, 'probe.yml'), probeRule)
    const soc = await startSocProcess(data, { SOC_RULES: ['./rules', probeRules, ...(values.rules ?? [])].join(',') })
    const browser = await launchBrowser()
    try {
      const admin = await signInAsAdmin(soc)
      await addSource(admin, { name: 'bench', networks: ['127.0.0.0/8'] })
      const rules = await admin.get<RuleList>('/api/rules?limit=1&offset=0')
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      const seen = new Map<string, number>()
      await page.exposeFunction('probeSeen', (probe: string, at: number) => {
        if (!seen.has(probe)) seen.set(probe, at)
      })
      await signInOnPage(page, soc, admin)
      await page.evaluate(watchRows)
      const seconds = Math.ceil(((WARM_UP_PROBES + PROBES) * PROBE_EVERY_MS) / 1_000) + 15
      const order: GeneratorOrder = {
        port: soc.port('syslog-tcp'),
        eventsPerSecond: rate,
        events: rate * seconds,
        seed: 45
      }
      const generator = new Worker(new URL('./tcp-generator.ts', import.meta.url), { workerData: order })
      progress(`${rules.total} rules; ${rate} events/s; warming up`)
      await sleep(8_000)
      const socket = connect(soc.port('syslog-tcp'), '127.0.0.1')
      socket.setNoDelay(true)
      await once(socket, 'connect')
      const written = new Map<string, number>()
      for (let number = 0; number < WARM_UP_PROBES + PROBES; number++) {
        const probe = `wts-${number}`
        const stamp = new Date().toISOString()
        socket.write(`<38>${stamp} may-do sshd[1]: Accepted password for ${probe} from 192.0.2.1 port 40000 ssh2\n`)
        written.set(probe, Date.now())
        await sleep(PROBE_EVERY_MS)
      }
      await sleep(2_000)
      const deadline = performance.now() + LOST_AFTER_MS
      while (seen.size < written.size && performance.now() < deadline) await sleep(100)
      socket.destroy()
      await generator.terminate()
      const measured = [...written.keys()].slice(WARM_UP_PROBES)
      const delays = measured.filter((probe) => seen.has(probe)).map((probe) => seen.get(probe)! - written.get(probe)!)
      const p50 = quantile(delays, 0.5)
      const p99 = quantile(delays, 0.99)
      const figures: Figure[] = [
        { name: 'rules', value: rules.total, unit: '' },
        { name: 'rate', value: rate, unit: 'events/s' },
        { name: 'probes', value: measured.length, unit: '' },
        {
          name: 'not_seen',
          value: measured.length - delays.length,
          unit: '',
          target: '0',
          reached: delays.length === measured.length
        },
        { name: 'p50', value: p50, unit: 'ms', target: '≤ 200', reached: p50 <= 200 },
        { name: 'p90', value: quantile(delays, 0.9), unit: 'ms' },
        { name: 'p99', value: p99, unit: 'ms', target: '≤ 1000', reached: p99 <= 1_000 },
        { name: 'max', value: Math.max(...delays), unit: 'ms' }
      ]
      return figures
    } finally {
      await browser.close()
      await soc.stop()
      rmSync(data, { recursive: true, force: true })
    }
  }
}

import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { RuleList, SourceList } from '#core/api/sources.ts'
import type { Benchmark, Figure } from './report.ts'
import { addSource, signInAsAdmin, startSocProcess, temporaryFolder } from '#testing/running-process.ts'
import type { GeneratorOrder } from './tcp-generator.ts'

const MIB = 1024 * 1024
const TARGET_RATE = 5_000
const TARGET_RSS_MIB = 700

/** TCP syslog → parsed → matched → stored, at a steady rate, with a rule reload on the way. */
export const throughput: Benchmark = {
  about: 'TCP syslog → parsed → matched → stored at a steady rate; loss and memory',
  help: `
Usage: soc bench throughput [--rules DIR]… [--rate 5000] [--seconds 300] [--store sqlite|elasticsearch]

Starts a process of its own with our rules and those of --rules, sends a mix of sshd, nginx, FortiGate and Sysmon lines over one TCP connection
from a thread of this process, touches a rule file half-way, and waits until everything has its fate.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: {
        rules: { type: 'string', multiple: true },
        rate: { type: 'string', default: String(TARGET_RATE) },
        seconds: { type: 'string', default: '300' },
        'elasticsearch-url': { type: 'string' }
      }
    })
    const rate = Number(values.rate)
    const seconds = Number(values.seconds)
    const data = temporaryFolder('throughput')
    const ownRules = join(data, 'rules-copy')
    mkdirSync(ownRules)
    const touched = join(ownRules, 'touched.yml')
    copyFileSync(join(import.meta.dirname, 'fixtures/touched-rule.yml'), touched)
    const elasticsearch = values['elasticsearch-url']
    const soc = await startSocProcess(data, {
      SOC_RULES: ['./rules', ownRules, ...(values.rules ?? [])].join(','),
      ...(elasticsearch === undefined ? {} : { SOC_STORE: 'elasticsearch', SOC_ELASTICSEARCH_URL: elasticsearch })
    })
    try {
      const admin = await signInAsAdmin(soc)
      const { id } = await addSource(admin, { name: 'bench', networks: ['127.0.0.0/8'] })
      const rules = await admin.get<RuleList>('/api/rules?limit=1&offset=0')
      progress(`${rules.total} rules (${rules.broken} refused); sending ${rate}/s for ${seconds} s`)
      const order: GeneratorOrder = {
        port: soc.port('syslog-tcp'),
        eventsPerSecond: rate,
        events: rate * seconds,
        seed: 45
      }
      const generator = new Worker(new URL('./tcp-generator.ts', import.meta.url), { workerData: order })
      let sent = 0
      let seconds_ = 0
      let heldBackMs = 0
      const finished = new Promise<void>((resolve, reject) => {
        generator.on('error', reject)
        generator.on('message', (message: { sent: number; done?: boolean; seconds?: number; heldBackMs?: number }) => {
          sent = message.sent
          if (message.done !== true) return
          seconds_ = message.seconds!
          heldBackMs = message.heldBackMs!
          resolve()
        })
      })
      let rss = 0
      let lagDetector = 0
      let lagStore = 0
      const started = performance.now()
      let reloaded = false
      const state = { over: false }
      const sampling = (async () => {
        while (!state.over) {
          rss = Math.max(rss, soc.memory().rss)
          const status = await admin.get<SourceList>('/api/sources')
          lagDetector = Math.max(lagDetector, status.spool.lagDetector)
          lagStore = Math.max(lagStore, status.spool.lagStore)
          if (!reloaded && performance.now() - started > (seconds * 1_000) / 2) {
            reloaded = true
            copyFileSync(join(import.meta.dirname, 'fixtures/touched-rule.yml'), touched)
            progress('a rule file changed: all rules are read again')
          }
          progress(
            `sent ${sent}, detector ${status.spool.lagDetector} and store ${status.spool.lagStore} behind, RSS ${Math.round(soc.memory().rss / MIB)} MiB`
          )
          await sleep(5_000)
        }
      })()
      await finished
      // Everything must get its fate; a system that only keeps up by queueing would show here.
      const drainStarted = performance.now()
      let row = { received: 0, fates: {} as Record<string, number> }
      for (;;) {
        const list = await admin.get<SourceList>('/api/sources')
        row = list.sources.find((source) => source.id === id)!
        if (row.received >= sent && row.fates['queued'] === 0) break
        if (performance.now() - drainStarted > 120_000) break
        await sleep(200)
      }
      const drained = (performance.now() - drainStarted) / 1_000
      state.over = true
      await sampling
      const lost = sent - ((row.fates['stored'] ?? 0) + (row.fates['dead_lettered'] ?? 0))
      const peak = soc.memory().peak / MIB
      const figures: Figure[] = [
        { name: 'rules', value: rules.total, unit: '' },
        { name: 'sent', value: sent, unit: 'events' },
        {
          name: 'rate',
          value: sent / seconds_,
          unit: 'events/s',
          target: `≥ ${Math.min(rate, TARGET_RATE)}`,
          reached: sent / seconds_ >= Math.min(rate, TARGET_RATE) * 0.99
        },
        { name: 'stored', value: row.fates['stored'] ?? 0, unit: 'events' },
        {
          name: 'dead_lettered',
          value: row.fates['dead_lettered'] ?? 0,
          unit: 'events',
          target: '0',
          reached: (row.fates['dead_lettered'] ?? 0) === 0
        },
        { name: 'lost', value: lost, unit: 'events', target: '0', reached: lost === 0 },
        { name: 'held_back', value: heldBackMs / 1_000, unit: 's' },
        { name: 'drained_after', value: drained, unit: 's' },
        { name: 'lag_detector_max', value: lagDetector, unit: 'frames' },
        { name: 'lag_store_max', value: lagStore, unit: 'frames' },
        { name: 'rss_max', value: rss / MIB, unit: 'MiB' },
        { name: 'rss_peak', value: peak, unit: 'MiB', target: `≤ ${TARGET_RSS_MIB}`, reached: peak <= TARGET_RSS_MIB }
      ]
      return figures
    } finally {
      await soc.stop()
      rmSync(data, { recursive: true, force: true })
    }
  }
}

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { SourceList } from '#core/api/sources.ts'
import { SocError } from '#core/errors.ts'
import { senderSnippets } from '#control/senders/snippets.ts'
import { ledgerOffline } from './ledger-offline.ts'
import type { Benchmark, Figure } from './report.ts'
import { numberOfMessage, startRsyslog, type Rsyslog } from './rsyslog-daemon.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type SocProcess
} from '#testing/running-process.ts'
import { countStored, settled } from './stored.ts'

/** Which snippet rsyslog runs, and how our process ends in the middle of its messages. */
export const scenarios = {
  'omelasticsearch-kill': { snippet: 'rsyslog (omelasticsearch)', signal: 'SIGKILL', listener: 'http' },
  'omfwd-restart': { snippet: 'rsyslog (omfwd)', signal: 'SIGTERM', listener: 'syslog-tcp' },
  'omfwd-kill': { snippet: 'rsyslog (omfwd)', signal: 'SIGKILL', listener: 'syslog-tcp' }
} as const
export type Scenario = keyof typeof scenarios

/** What came of one scenario. */
export type ScenarioResult = {
  messages: number
  ends: number
  /** Numbers that are nowhere in the store, and in how many unbroken runs. */
  lost: number
  lostRuns: number
  /** Bytes of the lost messages, and what the system lets lie in the buffers of one connection, both ends. */
  lostBytes: number
  socketBufferBytes: number
  /** Copies beyond the first. */
  duplicates: number
  /** Frames that came twice and were taken once. */
  recognised: number
  balanced: boolean
  /** Longest time from a signal until the process listened again; from the first signal until rsyslog's queues were empty. */
  downSeconds: number
  drainedSeconds: number
}

/** rsyslog's queues must be empty this long after the last restart; its pauses between attempts grow. */
const DRAIN_TIMEOUT_MS = 240_000
/** rsyslog tries again after 5 s, later after longer. */
const HEARD_TIMEOUT_MS = 60_000
/** The process is ended for the first time when this share of the messages has been handed to rsyslog. */
const END_AFTER = 0.4

/** Sends numbered messages through a real rsyslog, ends our process in the middle, starts it again, and counts. */
export async function runScenario(
  name: Scenario,
  options: { messages: number; perSecond: number; ends: number },
  progress: (line: string) => void
): Promise<ScenarioResult> {
  const { snippet, signal, listener } = scenarios[name]
  const { messages, perSecond, ends } = options
  const data = temporaryFolder('rsyslog')
  let soc: SocProcess | undefined
  let rsyslog: Rsyslog | undefined
  try {
    soc = await startSocProcess(data)
    const admin = await signInAsAdmin(soc)
    const { id, token } = await addSource(admin, { name: 'rsyslog', networks: ['127.0.0.0/8'] })
    // A collector keeps its ports when it comes back.
    const ports = {
      SOC_CONSOLE_PORT: new URL(soc.url).port,
      SOC_HTTP_PORT: String(soc.port('http')),
      SOC_SYSLOG_TCP_PORT: String(soc.port('syslog-tcp')),
      SOC_SYSLOG_UDP_PORT: String(soc.port('syslog-udp'))
    }
    const heard = async () => {
      const { listeners } = await admin.get<SourceList>('/api/sources')
      // Just started, it has not told of its listeners yet.
      return listeners.find((candidate) => candidate.id === listener) ?? { frames: 0, bytes: 0 }
    }
    const facts = { token, host: '127.0.0.1', httpPort: soc.port('http'), syslogPort: soc.port('syslog-tcp') }
    const forwarding = senderSnippets(facts).find((candidate) => candidate.name === snippet)!.text
    rsyslog = await startRsyslog(join(data, 'rsyslog'), forwarding)

    const half = Math.floor(messages * END_AFTER)
    await rsyslog.feed(0, half, perSecond)
    // The rest goes on arriving while the process is away.
    const rest = rsyslog.feed(half, messages, perSecond)
    rest.catch(() => undefined)
    let downSeconds = 0
    let balanced = true
    const bytes = { frames: 0, sum: 0 }
    const began = performance.now()
    for (let end = 1; end <= ends; end++) {
      // In the middle of its messages: the first are there, more are on their way.
      const before = await firstHeard(heard)
      bytes.frames += before.frames
      bytes.sum += before.bytes
      const signalled = performance.now()
      await (signal === 'SIGKILL' ? soc.kill() : soc.stop())
      soc = undefined
      const ledger = await ledgerOffline(data)
      if (!ledger.balanced) progress(`the ledger does not add up: ${ledger.imbalance}`)
      balanced &&= ledger.balanced
      soc = await startSocProcess(data, ports)
      const seconds = (performance.now() - signalled) / 1_000
      downSeconds = Math.max(downSeconds, seconds)
      progress(`${name}: ${signal} ${end} of ${ends}, back after ${seconds.toFixed(1)} s`)
    }
    await rest
    await emptied(rsyslog, messages)
    const drainedSeconds = (performance.now() - began) / 1_000

    balanced &&= await settled(admin, id, 1)
    const list = await admin.get<SourceList>('/api/sources')
    const row = list.sources.find((candidate) => candidate.id === id)!
    await rsyslog.stop()
    await soc.stop()
    soc = undefined

    const seen = await countStored(data, {}, '', (event) => numberOfMessage(event['message']))
    let lost = 0
    let lostRuns = 0
    let duplicates = 0
    for (let number = 0; number < messages; number++) {
      const times = seen.get(number) ?? 0
      if (times > 0) duplicates += times - 1
      else {
        lost++
        if (number === 0 || seen.has(number - 1)) lostRuns++
      }
    }
    return {
      messages,
      ends,
      lost,
      lostRuns,
      lostBytes: Math.round((lost * bytes.sum) / bytes.frames),
      socketBufferBytes: socketBufferBytes(),
      duplicates,
      recognised: row.fates['duplicate'] ?? 0,
      balanced,
      downSeconds,
      drainedSeconds
    }
  } finally {
    await rsyslog?.stop()
    await soc?.kill()
    rmSync(data, { recursive: true, force: true })
  }
}

type Heard = { frames: number; bytes: number }

/** Waits until a listener has heard its first frames. */
async function firstHeard(heard: () => Promise<Heard>): Promise<Heard> {
  const deadline = performance.now() + HEARD_TIMEOUT_MS
  for (;;) {
    const now = await heard()
    if (now.frames > 0) return now
    if (performance.now() > deadline) throw new SocError('bench.rsyslog', 'rsyslog sends nothing')
    await sleep(100)
  }
}

/** Waits until rsyslog took in every message and has handed all of them on. */
async function emptied(rsyslog: Rsyslog, messages: number): Promise<void> {
  const deadline = performance.now() + DRAIN_TIMEOUT_MS
  let empty = 0
  while (empty < 2) {
    const { submitted, queued } = rsyslog.counters()
    empty = submitted >= messages && queued === 0 ? empty + 1 : 0
    if (performance.now() > deadline) {
      throw new SocError('bench.rsyslog', `rsyslog still holds ${queued} of ${messages} messages:\n${rsyslog.log()}`)
    }
    // Longer than the pause between its counters, so that two looks see two counts.
    await sleep(1_100)
  }
}

/** What Linux lets lie between two processes on one connection: the writer's and the reader's buffer at their largest. */
function socketBufferBytes(): number {
  const largest = (name: string) => Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8').trim().split(/\s+/)[2])
  return largest('tcp_rmem') + largest('tcp_wmem')
}

/** Real rsyslog as the sender, with the configurations that the console prints. */
export const rsyslog: Benchmark = {
  about: 'real rsyslog through kill -9 and an orderly restart: what is lost and what counts twice',
  help: `
Usage: soc bench rsyslog [--messages 100000] [--rate 10000] [--ends 3] [--scenario ${Object.keys(scenarios).join('|')}]…

Starts a real rsyslogd with the configuration that the console prints beside a new token, hands it numbered messages, ends our process in the middle (SIGKILL
or SIGTERM) --ends times, starts it again on the same ports, waits until rsyslog's queues are empty, and looks for every number in the store. Needs rsyslogd
with omelasticsearch (Debian: rsyslog, rsyslog-elasticsearch). Without --scenario all are run.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: {
        messages: { type: 'string', default: '100000' },
        rate: { type: 'string', default: '10000' },
        ends: { type: 'string', default: '3' },
        scenario: { type: 'string', multiple: true }
      }
    })
    const figures: Figure[] = []
    for (const name of values.scenario ?? Object.keys(scenarios)) {
      if (!(name in scenarios)) {
        throw new SocError('cli.usage', `there is no scenario "${name}"; one of ${Object.keys(scenarios).join(', ')}`)
      }
      const options = { messages: Number(values.messages), perSecond: Number(values.rate), ends: Number(values.ends) }
      figures.push(...figuresOf(name as Scenario, await runScenario(name as Scenario, options, progress)))
    }
    return figures
  }
}

function figuresOf(name: Scenario, result: ScenarioResult): Figure[] {
  const prefix = name.replaceAll('-', '_')
  const none = (value: number) => ({ target: '0', reached: value === 0 })
  const bound = result.ends * result.socketBufferBytes
  const buffers = {
    target: `≤ ${bound} in socket buffers`,
    reached: result.lostBytes <= bound
  }
  const killedPlain = name === 'omfwd-kill'
  return [
    { name: `${prefix}_messages`, value: result.messages, unit: 'messages' },
    { name: `${prefix}_ends`, value: result.ends, unit: '' },
    { name: `${prefix}_lost`, value: result.lost, unit: 'messages', ...(killedPlain ? {} : none(result.lost)) },
    ...(killedPlain
      ? [
          {
            name: `${prefix}_lost_runs`,
            value: result.lostRuns,
            unit: '',
            target: `≤ ${result.ends}`,
            reached: result.lostRuns <= result.ends
          },
          { name: `${prefix}_lost_bytes`, value: result.lostBytes, unit: 'bytes', ...buffers }
        ]
      : []),
    {
      name: `${prefix}_duplicates`,
      value: result.duplicates,
      unit: 'messages',
      ...(killedPlain ? {} : none(result.duplicates))
    },
    { name: `${prefix}_sent_again`, value: result.recognised, unit: 'messages taken once' },
    { name: `${prefix}_ledger`, value: result.balanced ? 1 : 0, unit: '', target: '1', reached: result.balanced },
    { name: `${prefix}_down`, value: result.downSeconds, unit: 's' },
    { name: `${prefix}_drained`, value: result.drainedSeconds, unit: 's' }
  ]
}

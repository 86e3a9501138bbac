import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { ProbeDraft } from '#core/api/health.ts'
import { systemClock } from '#core/clock.ts'
import { readConfig } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import type { ProbeTarget } from '#core/probes/target.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { createHealth } from '#control/health/health.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#control/database/control.ts'
import { startProbesPlane, type RunningProbes } from '#threads/probes-plane.ts'
import { type ProbesPlane } from '#core/probes-plane.ts'
import type { TargetPorts } from './probe-targets.ts'
import { quantile, type Benchmark, type Figure } from './report.ts'
import { temporaryFolder } from '#testing/running-process.ts'

const ORIGIN = 'demonstration'
const PROBES = 500
const INTERVAL_MS = 30_000
const ON_TIME_MS = 1_000
/** One in fifty is broken: failing, trying again and being an outage is part of the work. */
const BROKEN_EVERY = 50
/** The composition root calls the engine's tick so often. */
const TICK_MS = 250

/** A mix as a province has it: pages with a keyword, JSON health answers, and plain ports. */
function targetOf(index: number, ports: TargetPorts): ProbeTarget {
  if (index % 5 < 2) return { kind: 'tcp', host: '127.0.0.1', port: ports.tcp, slowMs: 1_000 }
  const broken = index % BROKEN_EVERY === 2
  const json = index % 5 === 4
  const path = broken ? '/broken' : json ? '/health' : '/'
  return {
    ...{
      kind: 'http',
      url: `http://127.0.0.1:${ports.http}${path}`,
      method: 'GET',
      statuses: [],
      notKeyword: 'lỗi hệ thống'
    },
    ...{
      keyword: json || broken ? '' : 'dịch vụ công',
      jsonPath: json ? '$.parts[0].ok' : '',
      jsonValue: json ? 'true' : ''
    },
    ...{ slowMs: 1_000, certificateDays: 14, redirects: 2 }
  }
}

function draftOf(index: number, system: string, ports: TargetPorts): ProbeDraft {
  return {
    ...{ name: `bench ${index}`, system, target: targetOf(index, ports), intervalMs: INTERVAL_MS, timeoutMs: 5_000 },
    ...{ attempts: 2, retryMs: 1_000, enabled: true, critical: false }
  }
}

/** The engine as the composition root drives it, on a control database on disk. */
function openHealth(folder: string, plane: () => ProbesPlane | undefined) {
  const inventory = loadInventory('2023-11-30')
  const control = openControl(join(folder, 'control.db'))
  const alerts = createAlerts({ control, inventory, clock: systemClock })
  const health = createHealth({
    control,
    inventory: () => inventory,
    clock: systemClock,
    origin: ORIGIN,
    raise: (fold) => void alerts.raise(fold),
    resolve: (fingerprint, params) => void alerts.resolve(fingerprint, params),
    alertOf(fingerprint) {
      const row = control.get<{ id: string; incident_id: string | null }>(
        'SELECT id, incident_id FROM alerts WHERE fingerprint = ? ORDER BY seq DESC LIMIT 1',
        fingerprint
      )
      return row === undefined ? undefined : { alert: row.id, incident: row.incident_id }
    },
    recheck: (ids) => plane()?.recheck(ids),
    onProbesChanged: () => undefined,
    onWallChanged: () => undefined
  })
  health.start(systemClock.now())
  return { control, health, systems: inventory.systems.map(({ id }) => id) }
}

const milliseconds = ({ user, system }: { user: number; system: number }) => (user + system) / 1_000

export const probes: Benchmark = {
  about: `${PROBES} probes every 30 s through the real thread and engine: punctuality and processor time`,
  help: `Usage: soc bench probes [--seconds 120]\n\nThe targets are local and run in a process of their own.`,
  async run(args, progress) {
    const { values } = parseArgs({ args, options: { seconds: { type: 'string', default: '120' } } })
    const seconds = Number(values.seconds)
    if (!Number.isInteger(seconds) || seconds < 35 || seconds > 3_600) {
      throw new SocError('cli.usage', '--seconds is a whole number from 35 to 3600')
    }
    const folder = temporaryFolder('probes')
    const targets = fork(join(import.meta.dirname, 'probe-targets.ts'))
    let plane: RunningProbes | undefined
    const timers: NodeJS.Timeout[] = []
    try {
      const [ports] = (await once(targets, 'message')) as [TargetPorts]
      const { control, health, systems } = openHealth(folder, () => plane)
      control.transaction(() => {
        for (let index = 0; index < PROBES; index++) {
          health.addProbe(draftOf(index, systems[index % systems.length]!, ports))
        }
      })
      const results: ProbeResult[] = []
      const trouble: string[] = []
      const running = (plane = await startProbesPlane(readConfig({}), {
        results(batch) {
          health.take(batch)
          results.push(...batch)
        },
        warned: (thread, message) => trouble.push(`${thread}: ${message}`),
        failed: (thread, message) => trouble.push(`${thread}: ${message}`)
      }))
      timers.push(setInterval(() => health.tick(), TICK_MS))
      timers.push(setInterval(() => progress(`${results.length} runs`), 10_000))

      const before = { process: process.cpuUsage(), main: process.threadCpuUsage(), at: performance.now() }
      const threadBefore = running.status?.cpuMs ?? 0
      running.setSnapshot({
        probes: health.definitions(),
        allow: { [ORIGIN]: [`127.0.0.1:${ports.http}`, `127.0.0.1:${ports.tcp}`] }
      })
      await sleep(seconds * 1_000)
      const wallMs = performance.now() - before.at
      const share = (ms: number) => (100 * ms) / wallMs
      const all = milliseconds(process.cpuUsage(before.process))
      const main = milliseconds(process.threadCpuUsage(before.main))
      await running.stop()
      for (const timer of timers) clearInterval(timer)
      const status = running.status!
      for (const line of trouble) progress(line)
      control.close()
      return figuresOf(results, status, {
        all: share(all),
        main: share(main),
        thread: share(status.cpuMs - threadBefore)
      })
    } finally {
      for (const timer of timers) clearInterval(timer)
      await plane?.stop()
      if (targets.exitCode === null && targets.signalCode === null) {
        targets.disconnect()
        await once(targets, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function figuresOf(
  results: ProbeResult[],
  status: NonNullable<RunningProbes['status']>,
  cpu: { all: number; main: number; thread: number }
): Figure[] {
  const late = results.map(({ dueAt, startedAt }) => startedAt - dueAt)
  const onTime = late.filter((ms) => ms <= ON_TIME_MS).length
  const onTimeShare = (100 * onTime) / (results.length + status.skipped + status.missed)
  const count = (outcome: ProbeResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  return [
    { name: 'runs', value: results.length, unit: '' },
    {
      name: 'starts within 1 s of schedule',
      value: onTimeShare,
      unit: '%',
      target: '>= 99.9',
      reached: onTimeShare >= 99.9
    },
    { name: 'start after due, median', value: quantile(late, 0.5), unit: 'ms' },
    { name: 'start after due, 99 %', value: quantile(late, 0.99), unit: 'ms' },
    { name: 'start after due, greatest', value: Math.max(...late), unit: 'ms' },
    { name: 'skipped', value: status.skipped, unit: '' },
    { name: 'missed', value: status.missed, unit: '' },
    { name: 'longest stall of the thread', value: status.longestStallMs, unit: 'ms' },
    {
      name: 'processor, all threads of the process',
      value: cpu.all,
      unit: '% of a core',
      target: '<= 15',
      reached: cpu.all <= 15
    },
    { name: 'processor, probes thread', value: cpu.thread, unit: '% of a core' },
    { name: 'processor, engine and hand-over', value: cpu.main, unit: '% of a core' },
    { name: 'up', value: count('up'), unit: '' },
    { name: 'degraded', value: count('degraded'), unit: '' },
    { name: 'down', value: count('down'), unit: '' },
    { name: 'unknown', value: count('unknown'), unit: '' }
  ]
}

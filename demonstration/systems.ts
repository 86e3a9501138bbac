import type { ProbeDraft, ProbeRow } from '#core/api/health.ts'
import type { Clock } from '#core/clock.ts'
import { messageOf } from '#core/errors.ts'
import { UPLINK } from '#core/health.ts'
import type { Inventory } from '#province/inventory.ts'
import { openControlPage } from '#simulator/control-page.ts'
import type { FaultKind } from '#simulator/faults.ts'
import { createHeartbeats, type Reporter } from '#simulator/heartbeats.ts'
import { createExchangeSender } from '#simulator/sender.ts'
import { createSimulator } from '#simulator/simulator.ts'
import type { StoryTurn } from './story.ts'
import { createTurns } from './turns.ts'

/** Probes of the demonstration ask often and give up soon, so that a turn of the story is on the wall within seconds. */
const timing = {
  intervalMs: 5_000,
  timeoutMs: 2_000,
  attempts: 2,
  retryMs: 300,
  slowMs: 1_000,
  heartbeatMs: 15_000,
  graceMs: 10_000
}
/** Systems that nobody tells of in the first minutes need not be asked every five seconds. Milliseconds. */
const CALM_INTERVAL_MS = 15_000
/** Share of a whole province's exchanges: a laptop is not to be heard. */
const RATE = 0.3
/** The rhythm of the day never falls below this: whoever starts it at night sees exchanges too. */
const LEAST_INTENSITY = 0.5
const SEND_EVERY_MS = 5_000
const BEAT_EVERY_MS = 15_000
const LOOK_EVERY_MS = 1_000

/** What the demonstration needs of the health engine of its origin. */
export type DemonstratedHealth = {
  probes(): ProbeRow[]
  addProbe(draft: ProbeDraft): ProbeRow
  removeProbe(id: string): void
  newHeartbeatKey(id: string): string
}

export type SimulatedSystems = {
  break(system: string, kind: FaultKind): Promise<void>
  mend(system?: string): Promise<void>
  /** A page on loopback where a person breaks and mends. */
  readonly controlUrl: string
  /** Closes the stand-ins; their probes stay, and are made anew at the next start. */
  stop(): Promise<void>
}

/**
 * Runs the simulator beside the replayed logs: probes of origin demonstration on every stand-in (those of an earlier run are
 * replaced: ports and keys are new), signed heartbeats, exchange records through the demonstration's own listener, and the timed
 * part of the story. `allow` is told before any probe exists what may be asked although it lies on loopback.
 */
export async function startSimulatedSystems(parts: {
  seed: number
  clock: Clock
  inventory: Inventory
  health: DemonstratedHealth
  /** Runs what changes many probes in one transaction: `control.transaction`. */
  together(work: () => void): void
  /** Where exchange records go, with the token of a sender that may speak for others. */
  events: { url: string; token: string }
  /** HTTP intake that takes heartbeats. */
  heartbeatsUrl: string
  /** `host:port` of every stand-in, and the authority (PEM) behind those that speak TLS. */
  allow(endpoints: string[], authority: string, own?: string[]): void
  /** Runs these probes now: who breaks something by hand sees it on the wall at once. */
  recheck(probes: string[]): void
  turns: readonly StoryTurn[]
  /** When the demonstration began: turns count from here, also after a restart. */
  startedAt: number
  /** The console itself, so that model 45 is measured too: `http://127.0.0.1:8045`; '' leaves it out. */
  consoleUrl: string
  log(message: string): void
}): Promise<SimulatedSystems> {
  const { clock, health, log } = parts
  /** Probe ids by system. */
  const probesOf = new Map<string, string[]>()
  const simulator = await createSimulator({
    seed: parts.seed,
    clock,
    catalogue: parts.inventory,
    rate: RATE,
    leastIntensity: LEAST_INTENSITY,
    slowByMs: 1_500,
    onTurn: (turned) => parts.recheck(turned.flatMap((system) => probesOf.get(system) ?? []))
  })
  let control: Awaited<ReturnType<typeof openControlPage>> | undefined
  const timers: NodeJS.Timeout[] = []
  try {
    const console = parts.consoleUrl === '' ? undefined : new URL(parts.consoleUrl)
    parts.allow([...simulator.allow], simulator.authority, console === undefined ? [] : [console.host])
    const spoken = new Set(parts.turns.map((turn) => turn.system))
    const reporters: Reporter[] = []
    parts.together(() => {
      for (const row of health.probes()) health.removeProbe(row.id)
      for (const draft of [...simulator.probes(timing), ...(console === undefined ? [] : [ownProbe(console)])]) {
        const often = spoken.has(draft.system) || draft.system === UPLINK || draft.system === 'hue-s'
        const { id } = health.addProbe(often ? draft : { ...draft, intervalMs: CALM_INTERVAL_MS })
        probesOf.set(draft.system, [...(probesOf.get(draft.system) ?? []), id])
        if (draft.target.kind === 'heartbeat')
          reporters.push({ system: draft.system, probe: id, key: health.newHeartbeatKey(id) })
      }
    })
    const heartbeats = createHeartbeats({ simulator, reporters, url: parts.heartbeatsUrl, clock, log })
    const sender = createExchangeSender({ simulator, ...parts.events, clock, from: clock.now(), log })
    const turns = createTurns(parts.turns, parts.startedAt, clock, simulator)
    const every = (ms: number, act: () => Promise<unknown>) => {
      const run = () => void act().catch((error: unknown) => log(messageOf(error)))
      run()
      timers.push(setInterval(run, ms))
    }
    every(BEAT_EVERY_MS, () => heartbeats.step())
    every(SEND_EVERY_MS, () => sender.step())
    every(LOOK_EVERY_MS, async () => {
      for (const title of await turns.step()) log(title)
    })
    control = await openControlPage(simulator, 0)
    const controlUrl = control.url
    return {
      break: (system, kind) => simulator.break(system, kind),
      mend: (system) => simulator.mend(system),
      controlUrl,
      stop
    }
  } catch (error) {
    await stop()
    throw error
  }

  async function stop() {
    for (const timer of timers) clearInterval(timer)
    await control?.close()
    await simulator.stop()
  }
}

/** The platform asks its own console: from inside only, as the probe's name says. */
function ownProbe(console: URL): ProbeDraft {
  return {
    name: 'Bảng điều khiển SOC (tự kiểm tra từ bên trong)',
    system: 'soc',
    target: {
      kind: 'http',
      url: new URL('/healthz', console).href,
      method: 'GET',
      statuses: [],
      keyword: '',
      notKeyword: '',
      jsonPath: '',
      jsonValue: '',
      slowMs: timing.slowMs,
      certificateDays: 0,
      redirects: 0
    },
    intervalMs: CALM_INTERVAL_MS,
    timeoutMs: timing.timeoutMs,
    attempts: timing.attempts,
    retryMs: timing.retryMs,
    enabled: true,
    critical: true
  }
}

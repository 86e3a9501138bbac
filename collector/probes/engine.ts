import type { DestinationRule } from '#core/destination.ts'
import { SocError } from '#core/errors.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import { LagWatch } from './lag.ts'
import { runProbe, type RunContext } from './runner.ts'
import { Schedule, type Missed, type Start } from './schedule.ts'
import { SteadyClock } from './steady-clock.ts'
import type { Trust } from './trust.ts'

/** Runs at the same time; others wait in line, at most one a probe, and start late. */
const RUNNING_MAX = 256
/** People trying a probe out at the same time; more are refused. */
const TRIES_MAX = 8
/** A run that starts later than this after its due time is late. */
const LATE_MS = 1_000
/** Timers of the system may not be set further than this; the schedule looks again then, and for steps of the clock. */
const LOOK_EVERY_MS = 1_000

export type ProbeCounts = {
  probes: number
  running: number
  waiting: number
  /** Regular and asked-for runs that began, of these later than a second after they were due. */
  started: number
  late: number
  /** Due times passed over because the run before was not done. */
  skipped: number
  /** Runs that could not start because this thread stood still: told as unknown. */
  missed: number
  longestStallMs: number
}

export type ProbeEngine = {
  /** Replaces the probes whole; runs of removed and changed ones end without a result. */
  set(
    probes: readonly Probe[],
    rules: (origin: Origin) => DestinationRule,
    /** What probes of an origin trust instead of the usual; undefined keeps that. */
    trusts?: (origin: Origin) => Trust | undefined
  ): void
  /** One run outside the schedule. Rejects with `probe.busy` (429). */
  try(probe: Probe): Promise<ProbeResult>
  /** Runs these as soon as possible, beside their regular runs. */
  recheck(ids: readonly string[]): void
  counts(): ProbeCounts
  /** Ends every run without a result. */
  stop(): void
}

export type ProbeEngineOptions = Omit<RunContext, 'rule' | 'clock' | 'lag'> & {
  onResult(result: ProbeResult): void
  /** A clock that was set, probes too many: for the process log. */
  onWarning(message: string): void
  clock?: SteadyClock
  lag?: LagWatch
  /** Stands in for the real run in tests. */
  run?: typeof runProbe
}

/** Runs probes when they are due, at most {@link RUNNING_MAX} at a time. */
export function createProbeEngine(options: ProbeEngineOptions): ProbeEngine {
  const { onResult, onWarning, run = runProbe } = options
  const clock = options.clock ?? new SteadyClock()
  const lag = options.lag ?? new LagWatch(() => performance.now())
  const schedule = new Schedule()
  const running = new Map<Probe, AbortController>()
  let waiting: Start[] = []
  let rules: (origin: Origin) => DestinationRule = () => {
    throw new SocError('probe.no_rule', 'no probes were set')
  }
  let tries = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const counts = { started: 0, late: 0, missed: 0 }
  lag.start()

  let trusts: (origin: Origin) => Trust | undefined = () => undefined
  const contextOf = (probe: Probe): RunContext => {
    const trust = trusts(probe.origin) ?? options.trust
    return { ...options, trust, rule: rules(probe.origin), clock, lag }
  }

  function look() {
    clearTimeout(timer)
    if (stopped) return
    const step = clock.follow()
    const now = clock.now()
    if (step !== 0) {
      onWarning(`the clock was set by ${step} ms; probes are due anew from now`)
      schedule.reanchor(now)
    }
    const { starts, missed } = schedule.take(now)
    for (const one of missed) tellMissed(one, now)
    waiting.push(...starts)
    fill()
    const next = schedule.nextAt() ?? Infinity
    timer = setTimeout(look, Math.min(LOOK_EVERY_MS, Math.max(0, next - clock.now())))
  }

  function tellMissed({ probe, dueAt, count }: Missed, now: number) {
    counts.missed += count
    onResult({
      probe: probe.id,
      origin: probe.origin,
      dueAt,
      startedAt: dueAt,
      finishedAt: now,
      outcome: 'unknown',
      code: 'probe.stalled',
      detail: `${count} ×`,
      attempts: 0,
      latencyMs: null,
      certificateUntil: null
    })
  }

  function fill() {
    while (running.size < RUNNING_MAX && waiting.length > 0) start(waiting.shift()!)
  }

  function start({ probe, dueAt }: Start) {
    const ending = new AbortController()
    running.set(probe, ending)
    counts.started++
    if (clock.now() - dueAt > LATE_MS) counts.late++
    run(probe, dueAt, contextOf(probe), ending.signal).then(
      (result) => end(probe, result),
      (error: unknown) => {
        if (!ending.signal.aborted) onWarning(`probe ${probe.id}: ${String(error)}`)
        end(probe)
      }
    )
  }

  function end(probe: Probe, result?: ProbeResult) {
    const ending = running.get(probe)
    running.delete(probe)
    if (stopped) return
    // Ended because its definition changed: what it saw belongs to no probe that exists.
    if (result !== undefined && ending?.signal.aborted === false) onResult(result)
    const again = schedule.done(probe, clock.now())
    if (again !== undefined) waiting.push(again)
    fill()
  }

  return {
    set(probes, newRules, newTrusts = () => undefined) {
      rules = newRules
      trusts = newTrusts
      const { gone, refused } = schedule.set(probes, clock.now())
      if (refused > 0) onWarning(`${refused} probes are too many and do not run`)
      if (gone.length > 0) {
        const ids = new Set(gone)
        waiting = waiting.filter(({ probe }) => !ids.has(probe.id))
        for (const [probe, ending] of running) if (ids.has(probe.id)) ending.abort()
      }
      look()
    },
    async try(probe) {
      if (tries >= TRIES_MAX) throw new SocError('probe.busy', 'too many probes are being tried out', { status: 429 })
      tries++
      try {
        return await run(probe, clock.now(), contextOf(probe))
      } finally {
        tries--
      }
    },
    recheck(ids) {
      waiting.unshift(...schedule.soon(ids, clock.now()))
      fill()
    },
    counts: () => ({
      ...counts,
      probes: schedule.size,
      running: running.size,
      waiting: waiting.length,
      skipped: schedule.skipped,
      longestStallMs: Math.round(lag.longest)
    }),
    stop() {
      stopped = true
      clearTimeout(timer)
      lag.stop()
      waiting = []
      for (const ending of running.values()) ending.abort()
    }
  }
}

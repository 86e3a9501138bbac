import { HOUR_MS } from '#core/time.ts'
import type { ProbeDraft } from '#core/api/health.ts'
import type { manualClock } from '#core/clock.ts'
import { UPLINK, type ProbeResult } from '#core/health.ts'
import type { Health } from '#control/health/health.ts'
import { randomFor } from '#simulator/random.ts'

/** The past is looked at so often: coarse, but a day's strip has something in each of its steps. */
const STEP_MS = HOUR_MS / 2
/** Share of system days with a small trouble in them. */
const TROUBLED = 0.012

type Past = Pick<Health, 'start' | 'take' | 'tick' | 'addProbe' | 'removeProbe'>
type Trouble = { from: number; to: number; outcome: 'down' | 'degraded' }

/** Small troubles of one system over some days, the same for the same seed. Nothing in the last two hours: those are the story's. */
function troublesOf(system: string, seed: number, from: number, until: number): Trouble[] {
  const troubles: Trouble[] = []
  for (let day = from; day < until; day += 24 * HOUR_MS) {
    const random = randomFor(seed, system, Math.round((until - day) / HOUR_MS))
    if (random() >= TROUBLED) continue
    const begins = day + Math.floor(random() * 20) * HOUR_MS
    const ends = begins + (1 + Math.floor(random() * 3)) * STEP_MS
    if (ends < until - 2 * HOUR_MS)
      troubles.push({ from: begins, to: ends, outcome: random() < 0.5 ? 'down' : 'degraded' })
  }
  return troubles
}

/**
 * Gives the demonstration some days behind it, so that strips and figures have something to show: results of half-hourly
 * looks at every simulated system, through an engine that lives on `clock`, from `days` before now up to now. What it writes
 * is of the demonstration's origin and ends with it; days before remain unknown, so longer windows print no figure.
 * The engine given must tell nobody: alerts of the past are not raised.
 */
export function writePastDays(parts: {
  health: Past
  /** Stands at the beginning of the past, and at `until` afterwards. */
  clock: ReturnType<typeof manualClock>
  until: number
  drafts: readonly ProbeDraft[]
  seed: number
}): { results: number } {
  const { health, clock, until, seed } = parts
  const from = clock.now()
  health.start(from)
  const probes = parts.drafts.map((draft) => {
    const target =
      draft.target.kind === 'heartbeat' ? { ...draft.target, everyMs: STEP_MS, graceMs: STEP_MS } : draft.target
    const { id } = health.addProbe({ ...draft, target, intervalMs: STEP_MS })
    const troubles = draft.system === UPLINK ? [] : troublesOf(draft.system, seed, from, until)
    return { id, troubles }
  })
  let results = 0
  while (clock.now() < until) {
    const now = clock.now()
    const looked = probes.map(({ id, troubles }): ProbeResult => {
      const outcome = troubles.find((trouble) => trouble.from <= now && now < trouble.to)?.outcome ?? 'up'
      return {
        probe: id,
        origin: 'demonstration',
        dueAt: now,
        startedAt: now,
        finishedAt: now,
        outcome,
        code: outcome === 'up' ? '' : outcome === 'down' ? 'tcp.refused' : 'slow',
        detail: '',
        attempts: 1,
        latencyMs: outcome === 'up' ? 20 : null,
        certificateUntil: null
      }
    })
    health.take(looked)
    results += looked.length
    clock.advance(Math.min(STEP_MS, until - now))
    health.tick()
  }
  for (const { id } of probes) health.removeProbe(id)
  return { results }
}

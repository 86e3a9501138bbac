import { UPLINK, type HealthState, type Probe, type ProbeResult } from '#core/health.ts'
import type { EngineTime } from './engine-time.ts'
import type { Fact } from './history.ts'
import { afterOfficeTime } from './office-hours.ts'

/** A probe with what it last said. */
export type Measured = {
  probe: Probe
  createdAt: number
  state: HealthState
  /** Since when `state` is so. */
  changedAt: number
  /** When it was seen that it is so: for a failure the end of the run, retries included. */
  seenAt: number
  last: ProbeResult | undefined
  /** Number of the newest result. */
  seq: number
  /** Moment of `elapsed` of the newest result, or when we began to wait for one. */
  mark: number
  /** Whether a result came since we began to wait; only references of our line are awaited by it, a heartbeat by `last`. */
  heard: boolean
  era: number
}

const stateOf: Record<ProbeResult['outcome'], HealthState> = {
  up: 'UP',
  degraded: 'DEGRADED',
  down: 'DOWN',
  unknown: 'UNKNOWN'
}
const badness: Record<HealthState, number> = { UP: 0, UNKNOWN: 0, MAINTENANCE: 0, DEGRADED: 1, DOWN: 2 }

/** A probe without a result for so long says nothing any more; milliseconds. */
export const staleAfter = ({ intervalMs, timeoutMs, attempts, retryMs }: Probe) =>
  2 * intervalMs + timeoutMs * attempts + retryMs * (attempts - 1)

export const uplinkKey = 'uplink'
export const probeKey = (id: string) => `probe:${id}`

/**
 * What probes say, as facts. A failure counts from its first attempt, anything better from when it was seen. An older or
 * repeated result changes nothing. Our own line is lost when every reference probe that speaks is DOWN (one that answers
 * proves the line): what failed since a reference last answered is then nobody's fault but UNKNOWN, and what comes while it
 * lasts too; after it only fresh results count.
 */
export type Measurements = ReturnType<typeof createMeasurements>

export function createMeasurements(time: EngineTime) {
  const probes = new Map<string, Measured>()
  let lostSince: number | null = null
  let backAt = 0
  let lastGoodAt = 0

  const others = () => [...probes.values()].filter((one) => one.probe.system !== UPLINK)

  function turn(of: Measured, state: HealthState, at: number, facts: Fact[], seenAt = at) {
    if (of.state === state) return
    // Not before what it said last: that was true at its time.
    of.changedAt = Math.max(at, Math.min(of.changedAt, time.now()))
    of.state = state
    of.seenAt = seenAt
    facts.push({ at: of.changedAt, key: probeKey(of.probe.id), state })
  }

  function judgeUplink(facts: Fact[], at: number) {
    const references = [...probes.values()].filter((one) => one.probe.system === UPLINK && one.probe.enabled)
    const speaking = references.filter((one) => one.state !== 'UNKNOWN')
    const answers = speaking.some((one) => one.state !== 'DOWN')
    if (lostSince === null) {
      const awaited = references.some((one) => !one.heard && time.elapsed() - one.mark < staleAfter(one.probe))
      if (speaking.length === 0 || answers || awaited) return
      lostSince = Math.max(...speaking.map((one) => one.changedAt))
      facts.push({ at: lostSince, key: uplinkKey, state: 'DOWN' })
      for (const one of others()) {
        if (badness[one.state] > 0 && one.seenAt > lastGoodAt) turn(one, 'UNKNOWN', one.changedAt, facts)
      }
    } else if (answers || references.length === 0) {
      lostSince = null
      backAt = at
      facts.push({ at, key: uplinkKey, state: 'UP' })
      for (const one of others()) {
        turn(one, 'UNKNOWN', at, facts)
        if (one.probe.target.kind === 'heartbeat') one.mark = Math.max(one.mark, time.markOf(at))
      }
    }
  }

  function takeOne(result: ProbeResult, facts: Fact[]): Measured | undefined {
    const of = probes.get(result.probe)
    if (of === undefined || !of.probe.enabled) return undefined
    const times = [result.startedAt, result.finishedAt, result.dueAt]
    if (!times.every((one) => Number.isSafeInteger(one) && one >= 0) || !Object.hasOwn(stateOf, result.outcome))
      return undefined
    const sameEra = of.era === time.era()
    if (of.last !== undefined) {
      if (sameEra && result.startedAt <= of.last.startedAt) return undefined
      if (result.startedAt === of.last.startedAt && result.finishedAt === of.last.finishedAt) return undefined
    }
    of.last = result
    of.era = time.era()
    of.seq += 1
    silentUntil(of, result.startedAt, facts)
    const finished = Math.min(Math.max(result.finishedAt, result.startedAt), time.now())
    const started = Math.min(result.startedAt, finished)
    of.mark = Math.max(of.mark, time.markOf(finished))
    of.heard = true
    const uplink = of.probe.system === UPLINK
    const blind = !uplink && (lostSince !== null || started < backAt)
    const state = blind ? 'UNKNOWN' : stateOf[result.outcome]
    turn(of, state, badness[state] > badness[of.state] ? started : finished, facts, finished)
    if (uplink) {
      if (state === 'UP' || state === 'DEGRADED') lastGoodAt = Math.max(lastGoodAt, finished)
      judgeUplink(facts, finished)
    }
    return of
  }

  /** A result after a long silence: in between nothing was known. */
  function silentUntil(of: Measured, startedAt: number, facts: Fact[]) {
    if (of.probe.target.kind === 'heartbeat' || of.state === 'UNKNOWN') return
    const end = of.mark + staleAfter(of.probe)
    if (time.markOf(startedAt) > end) turn(of, 'UNKNOWN', time.wallOf(end), facts)
  }

  function beatOverdue(of: Measured, facts: Fact[]) {
    if (of.probe.target.kind !== 'heartbeat' || of.last === undefined || lostSince !== null) return
    const { everyMs, graceMs, officeHours } = of.probe.target
    const wait = everyMs + graceMs
    if (time.elapsed() <= of.mark + wait) return
    const plain = time.wallOf(of.mark + wait)
    const deadline = officeHours ? afterOfficeTime(time.wallOf(of.mark), wait) : plain
    if (time.now() > deadline || !officeHours) turn(of, 'DOWN', Math.min(deadline, time.now()), facts)
    else if (of.state !== 'DOWN') turn(of, 'UNKNOWN', plain, facts)
  }

  return {
    get: (id: string) => probes.get(id),
    all: () => probes.values(),
    /** Puts a probe in, or a changed one: what it said before is kept unless `anew`. */
    put(probe: Probe, createdAt: number, anew: boolean, last?: { seq: number; result: ProbeResult }) {
      const before = probes.get(probe.id)
      if (before !== undefined && !anew && probe.enabled) before.probe = probe
      else {
        probes.set(probe.id, {
          probe,
          createdAt,
          state: 'UNKNOWN',
          changedAt: time.now(),
          seenAt: time.now(),
          last: before?.last ?? last?.result,
          seq: before?.seq ?? last?.seq ?? 0,
          mark: time.elapsed(),
          heard: false,
          era: before?.era ?? time.era()
        })
      }
    },
    remove: (id: string) => probes.delete(id),
    clear() {
      probes.clear()
      lostSince = null
      backAt = 0
      lastGoodAt = 0
    },
    /** Takes results in order of their end; answers those that are new, and the facts they make. */
    take(results: readonly ProbeResult[]): { accepted: { result: ProbeResult; seq: number }[]; facts: Fact[] } {
      const facts: Fact[] = []
      const ordered = [...results].sort(
        (one, other) => one.finishedAt - other.finishedAt || (one.probe < other.probe ? -1 : 1)
      )
      const accepted = ordered.flatMap((result) => {
        const of = takeOne(result, facts)
        return of === undefined ? [] : [{ result, seq: of.seq }]
      })
      return { accepted, facts }
    },
    /** Probes whose silence means something by now. */
    silences(): Fact[] {
      const facts: Fact[] = []
      for (const of of probes.values()) {
        if (!of.probe.enabled) continue
        if (of.probe.target.kind === 'heartbeat') beatOverdue(of, facts)
        else if (of.state !== 'UNKNOWN' && time.elapsed() > of.mark + staleAfter(of.probe)) {
          turn(of, 'UNKNOWN', time.wallOf(of.mark + staleAfter(of.probe)), facts)
        }
      }
      return facts
    },
    /** After probes were added, changed or removed: references of our line may be gone. */
    reconsiderUplink(): Fact[] {
      const facts: Fact[] = []
      judgeUplink(facts, time.now())
      return facts
    },
    /** A loss of our line that was open when we stopped. */
    resumeLoss(since: number) {
      lostSince = since
    },
    lostSince: () => lostSince,
    /** When it last came back; 0 when it was never lost. */
    backAt: () => backAt,
    facts(): Map<string, HealthState> {
      const facts = new Map<string, HealthState>()
      for (const of of probes.values()) facts.set(probeKey(of.probe.id), of.state)
      if (lostSince !== null) facts.set(uplinkKey, 'DOWN')
      return facts
    }
  }
}

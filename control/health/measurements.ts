import { UPLINK, type HealthState, type Probe, type ProbeResult } from '#core/health.ts'
import type { EngineTime } from './engine-time.ts'
import type { Fact } from './history.ts'
import { afterOfficeTime } from './office-hours.ts'
import { isVoid } from './stalls.ts'

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
export class Measurements {
  readonly #time: EngineTime
  readonly #probes = new Map<string, Measured>()
  #lostSince: number | null = null
  #backAt = 0
  #lastGoodAt = 0

  constructor(time: EngineTime) {
    this.#time = time
  }

  /** Probes of the province's systems: not those that watch our own line. */
  #ofSystems() {
    return [...this.#probes.values()].filter((item) => item.probe.system !== UPLINK)
  }

  #turn(measured: Measured, state: HealthState, at: number, facts: Fact[], seenAt = at) {
    if (measured.state === state) return
    // Not before what it said last: that was true at its time.
    measured.changedAt = Math.max(at, Math.min(measured.changedAt, this.#time.now()))
    measured.state = state
    measured.seenAt = seenAt
    facts.push({ at: measured.changedAt, key: probeKey(measured.probe.id), state })
  }

  #judgeUplink(facts: Fact[], at: number) {
    const references = [...this.#probes.values()].filter((item) => item.probe.system === UPLINK && item.probe.enabled)
    const speaking = references.filter((item) => item.state !== 'UNKNOWN')
    const answers = speaking.some((item) => item.state !== 'DOWN')
    if (this.#lostSince === null) {
      const awaited = references.some(
        (item) => !item.heard && this.#time.elapsed() - item.mark < staleAfter(item.probe)
      )
      if (speaking.length === 0 || answers || awaited) return
      this.#lostSince = Math.max(...speaking.map((item) => item.changedAt))
      facts.push({ at: this.#lostSince, key: uplinkKey, state: 'DOWN' })
      for (const item of this.#ofSystems()) {
        if (badness[item.state] > 0 && item.seenAt > this.#lastGoodAt)
          this.#turn(item, 'UNKNOWN', item.changedAt, facts)
      }
    } else if (answers || references.length === 0) {
      this.#lostSince = null
      this.#backAt = at
      facts.push({ at, key: uplinkKey, state: 'UP' })
      for (const item of this.#ofSystems()) {
        this.#turn(item, 'UNKNOWN', at, facts)
        if (item.probe.target.kind === 'heartbeat') item.mark = Math.max(item.mark, this.#time.markOf(at))
      }
    }
  }

  #takeOne(result: ProbeResult, facts: Fact[]): Measured | undefined {
    const measured = this.#probes.get(result.probe)
    if (measured === undefined || !measured.probe.enabled) return undefined
    const times = [result.startedAt, result.finishedAt, result.dueAt]
    if (!times.every((item) => Number.isSafeInteger(item) && item >= 0) || !Object.hasOwn(stateOf, result.outcome))
      return undefined
    const sameEra = measured.era === this.#time.era()
    if (measured.last !== undefined) {
      if (sameEra && result.startedAt <= measured.last.startedAt) return undefined
      if (result.startedAt === measured.last.startedAt && result.finishedAt === measured.last.finishedAt)
        return undefined
    }
    if (isVoid(result)) {
      // Kept for whoever reads results; it says nothing, and the silence goes on.
      measured.seq += 1
      return measured
    }
    measured.last = result
    measured.era = this.#time.era()
    measured.seq += 1
    this.#silentUntil(measured, result.startedAt, facts)
    const finished = Math.min(Math.max(result.finishedAt, result.startedAt), this.#time.now())
    const started = Math.min(result.startedAt, finished)
    measured.mark = Math.max(measured.mark, this.#time.markOf(finished))
    measured.heard = true
    const uplink = measured.probe.system === UPLINK
    const blind = !uplink && (this.#lostSince !== null || started < this.#backAt)
    const state = blind ? 'UNKNOWN' : stateOf[result.outcome]
    this.#turn(measured, state, badness[state] > badness[measured.state] ? started : finished, facts, finished)
    if (uplink) {
      if (state === 'UP' || state === 'DEGRADED') this.#lastGoodAt = Math.max(this.#lastGoodAt, finished)
      this.#judgeUplink(facts, finished)
    }
    return measured
  }

  /** A result after a long silence: in between nothing was known. */
  #silentUntil(measured: Measured, startedAt: number, facts: Fact[]) {
    if (measured.probe.target.kind === 'heartbeat' || measured.state === 'UNKNOWN') return
    const end = measured.mark + staleAfter(measured.probe)
    if (this.#time.markOf(startedAt) > end) this.#turn(measured, 'UNKNOWN', this.#time.wallOf(end), facts)
  }

  #heartbeatOverdue(measured: Measured, facts: Fact[]) {
    if (measured.probe.target.kind !== 'heartbeat' || measured.last === undefined || this.#lostSince !== null) return
    const { everyMs, graceMs, officeHours } = measured.probe.target
    const wait = everyMs + graceMs
    if (this.#time.elapsed() <= measured.mark + wait) return
    const plain = this.#time.wallOf(measured.mark + wait)
    const deadline = officeHours ? afterOfficeTime(this.#time.wallOf(measured.mark), wait) : plain
    if (this.#time.now() > deadline || !officeHours)
      this.#turn(measured, 'DOWN', Math.min(deadline, this.#time.now()), facts)
    else if (measured.state !== 'DOWN') this.#turn(measured, 'UNKNOWN', plain, facts)
  }

  get(id: string): Measured | undefined {
    return this.#probes.get(id)
  }

  all(): IterableIterator<Measured> {
    return this.#probes.values()
  }

  /** Puts a probe in, or a changed one: what it said before is kept unless `anew`. */
  put(probe: Probe, createdAt: number, anew: boolean, last?: { seq: number; result: ProbeResult }) {
    const before = this.#probes.get(probe.id)
    if (before !== undefined && !anew && probe.enabled) before.probe = probe
    else {
      this.#probes.set(probe.id, {
        probe,
        createdAt,
        state: 'UNKNOWN',
        changedAt: this.#time.now(),
        seenAt: this.#time.now(),
        last: before?.last ?? last?.result,
        seq: before?.seq ?? last?.seq ?? 0,
        mark: this.#time.elapsed(),
        heard: false,
        era: before?.era ?? this.#time.era()
      })
    }
  }

  remove(id: string): void {
    this.#probes.delete(id)
  }

  clear() {
    this.#probes.clear()
    this.#lostSince = null
    this.#backAt = 0
    this.#lastGoodAt = 0
  }

  /** Takes results in order of their end; answers those that are new, and the facts they make. */
  take(results: readonly ProbeResult[]): { accepted: { result: ProbeResult; seq: number }[]; facts: Fact[] } {
    const facts: Fact[] = []
    const ordered = [...results].sort((a, b) => a.finishedAt - b.finishedAt || (a.probe < b.probe ? -1 : 1))
    const accepted = ordered.flatMap((result) => {
      const measured = this.#takeOne(result, facts)
      return measured === undefined ? [] : [{ result, seq: measured.seq }]
    })
    return { accepted, facts }
  }

  /** Probes whose silence means something by now. */
  silences(): Fact[] {
    const facts: Fact[] = []
    for (const measured of this.#probes.values()) {
      if (!measured.probe.enabled) continue
      if (measured.probe.target.kind === 'heartbeat') this.#heartbeatOverdue(measured, facts)
      else if (measured.state !== 'UNKNOWN' && this.#time.elapsed() > measured.mark + staleAfter(measured.probe)) {
        this.#turn(measured, 'UNKNOWN', this.#time.wallOf(measured.mark + staleAfter(measured.probe)), facts)
      }
    }
    return facts
  }

  /** We stood still, and beats with us: each has its time again from now on. */
  stoodStill(): void {
    for (const item of this.#probes.values()) {
      if (item.probe.target.kind === 'heartbeat') item.mark = this.#time.elapsed()
    }
  }

  /** After probes were added, changed or removed: references of our line may be gone. */
  reconsiderUplink(): Fact[] {
    const facts: Fact[] = []
    this.#judgeUplink(facts, this.#time.now())
    return facts
  }

  /** A loss of our line that was open when we stopped. */
  resumeLoss(since: number) {
    this.#lostSince = since
  }

  lostSince(): number | null {
    return this.#lostSince
  }

  /** When it last came back; 0 when it was never lost. */
  backAt(): number {
    return this.#backAt
  }

  facts(): Map<string, HealthState> {
    const facts = new Map<string, HealthState>()
    for (const measured of this.#probes.values()) facts.set(probeKey(measured.probe.id), measured.state)
    if (this.#lostSince !== null) facts.set(uplinkKey, 'DOWN')
    return facts
  }
}

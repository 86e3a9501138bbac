import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '#core/clock.ts'
import type { DestinationRule } from '#core/destination.ts'
import { messageOf } from '#core/errors.ts'
import { RESULT_DETAIL_MAX, UPLINK, type Probe, type ProbeResult } from '#core/health.ts'
import type { ProbeTarget } from '#core/probes/target.ts'
import { probeRuns } from './index.ts'
import { LagWatch } from './lag.ts'
import type { Names } from './names.ts'
import { ProbeFault } from './fault.ts'
import { fenced } from './fence.ts'
import { type Attempt, type AttemptContext, type ProbeRun } from './probe.ts'
import type { Trust } from './trust.ts'

/** What runs of probes share. */
export type RunContext = {
  rule: DestinationRule
  names: Names
  trust: Trust
  /** Wall clock: what results are stamped with. */
  clock: Clock
  lag: LagWatch
  /** Waits between attempts; rejects when the signal aborts. */
  wait?(ms: number, signal: AbortSignal): Promise<void>
}

/** Stalls longer than this share of a timeout take the blame for it. */
const STALL_SHARE = 0.2
/** However long the timeout is: a run in which we stood still so long says nothing. */
const STALL_MAX_MS = 2_000
const TIMEOUT_MAX_MS = 60_000
const ATTEMPTS_MAX = 5

/**
 * One run: attempts until one succeeds or all have failed. Never rejects, unless `signal` ends it: then with the signal's
 * reason. What we could not ask ourselves is `unknown`, except for probes of our own uplink, whose very point that is.
 */
export async function runProbe(
  probe: Probe,
  dueAt: number,
  context: RunContext,
  signal: AbortSignal = new AbortController().signal
): Promise<ProbeResult> {
  const startedAt = context.clock.now()
  const most = Math.min(Math.max(1, probe.attempts), ATTEMPTS_MAX)
  let attempts = 0
  let stalledMs = 0
  for (;;) {
    attempts++
    const { attempt, whose, stallMs } = await attemptOnce(probe, context, signal)
    signal.throwIfAborted()
    stalledMs += stallMs
    const ours = whose === 'refused' || (whose === 'ours' && probe.system !== UPLINK)
    if (attempt.outcome !== 'down' || attempts >= most || whose === 'refused') {
      const stalled = stalledMs > 0 && (attempt.outcome === 'down' || attempt.code === 'slow')
      const unknown = stalled || (attempt.outcome === 'down' && ours)
      const byStall = unknown && !ours
      return {
        probe: probe.id,
        origin: probe.origin,
        dueAt,
        startedAt,
        // Never before its start: a wall clock may be set back meanwhile.
        finishedAt: Math.max(context.clock.now(), startedAt),
        outcome: unknown ? 'unknown' : attempt.outcome,
        code: byStall ? 'probe.stalled' : attempt.code,
        detail: byStall ? `${Math.max(1, Math.round(stalledMs / 1_000))} s` : plainLine(attempt.detail),
        attempts,
        latencyMs: attempt.latencyMs,
        certificateUntil: attempt.certificateUntil
      }
    }
    await (context.wait ?? waitFor)(probe.retryMs, signal)
  }
}

const waitFor = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false })

type Tried = { attempt: Attempt; whose: 'fault' | 'ours' | 'refused'; stallMs: number }

/** One attempt within the timeout, whatever the kind does: a server that drips or hangs does not get longer. */
async function attemptOnce(probe: Probe, context: RunContext, signal: AbortSignal): Promise<Tried> {
  const began = performance.now()
  const timeoutMs = Math.min(probe.timeoutMs, TIMEOUT_MAX_MS)
  const ending = new AbortController()
  const end = () => ending.abort()
  signal.addEventListener('abort', end, { once: true })
  let timer: NodeJS.Timeout | undefined
  let fail: (error: unknown) => void
  const deadline = new Promise<never>((_resolve, reject) => {
    fail = reject
    timer = setTimeout(() => reject(new ProbeFault('timeout', `> ${timeoutMs} ms`)), timeoutMs)
    ending.signal.addEventListener('abort', () => reject(new ProbeFault('timeout', '')), { once: true })
  })
  const elapsed = () => Math.max(0, Math.round(performance.now() - began - context.lag.since(began)))
  const attempt: AttemptContext = {
    signal: ending.signal,
    rule: context.rule,
    names: context.names,
    trust: context.trust,
    elapsed,
    now: () => context.clock.now()
  }
  // How long we stood still, when that was long enough to make the attempt worthless.
  const stall = () => {
    const lostMs = context.lag.since(began)
    return lostMs > Math.min(timeoutMs * STALL_SHARE, STALL_MAX_MS) ? lostMs : 0
  }
  try {
    return {
      attempt: await Promise.race([deadline, fenced(fail!, () => ask(probe.target, attempt))]),
      whose: 'fault',
      stallMs: stall()
    }
  } catch (error) {
    const fault =
      error instanceof ProbeFault ? error : new ProbeFault('probe.failed', messageOf(error), { whose: 'ours' })
    return {
      attempt: {
        outcome: 'down',
        code: fault.code,
        detail: fault.detail,
        latencyMs: fault.code === 'timeout' ? null : elapsed(),
        certificateUntil: fault.certificateUntil
      },
      whose: fault.whose,
      stallMs: stall()
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    // Closes what the attempt may still hold open.
    ending.abort()
    deadline.catch(() => undefined)
  }
}

async function ask(target: ProbeTarget, context: AttemptContext): Promise<Attempt> {
  if (target.kind === 'heartbeat') throw new ProbeFault('heartbeat.pushed', '', { whose: 'refused' })
  // The table holds each kind's own run; the compiler cannot see that key and value belong together.
  return (probeRuns[target.kind] as ProbeRun)(target as never, context)
}

/** One bounded line: control characters and line ends of other people's answers are not for screens. */
function plainLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length > RESULT_DETAIL_MAX ? `${line.slice(0, RESULT_DETAIL_MAX - 1)}…` : line
}

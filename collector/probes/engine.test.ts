import { afterEach, expect, it, vi } from 'vitest'
import { destinationRule } from '#core/destination.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import { createProbeEngine, type ProbeEngine } from './engine.ts'
import { LagWatch } from './lag.ts'
import { BATCH_MAX, Outbox, type ResultBatch } from './outbox.ts'
import { probeOf, tableOfNames } from '#testing/probe-runs.ts'
import { SteadyClock } from './steady-clock.ts'
import { Trust } from './trust.ts'

const START = Date.UTC(2023, 10, 30)
const target = { kind: 'tcp', host: '192.0.2.1', port: 443, slowMs: 0 } as const
const many = (count: number, change: Partial<Probe> = {}) =>
  Array.from({ length: count }, (_, index) => probeOf(target, { id: `probe-${index}`, ...change }))

const resultOf = (probe: Probe, dueAt: number): ProbeResult => ({
  ...{ probe: probe.id, origin: probe.origin, dueAt, startedAt: dueAt, finishedAt: dueAt, outcome: 'up', code: '' },
  ...{ detail: '', attempts: 1, latencyMs: 1, certificateUntil: null }
})

let engine: ProbeEngine | undefined
afterEach(() => {
  engine?.stop()
  vi.useRealTimers()
})

/** An engine in which time passes when told, and runs end when told. */
function build() {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  const state = { monotonic: 0, set: 0 }
  const results: ProbeResult[] = []
  const warnings: string[] = []
  const begun: { probe: Probe; dueAt: number; signal: AbortSignal; end(): void; fail(error: Error): void }[] = []
  engine = createProbeEngine({
    names: tableOfNames({}),
    trust: new Trust([]),
    clock: new SteadyClock(
      () => START + state.monotonic + state.set,
      () => state.monotonic
    ),
    lag: new LagWatch(() => state.monotonic),
    onResult: (result) => results.push(result),
    onWarning: (message) => warnings.push(message),
    run: (probe, dueAt, _context, signal = new AbortController().signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        begun.push({ probe, dueAt, signal, end: () => resolve(resultOf(probe, dueAt)), fail: reject })
      })
  })
  return {
    engine,
    results,
    warnings,
    begun,
    set: (probes: Probe[]) => engine!.set(probes, () => destinationRule([])),
    async pass(ms: number, stepMs = 100) {
      for (let left = ms; left > 0; left -= stepMs) {
        state.monotonic += Math.min(stepMs, left)
        await vi.advanceTimersByTimeAsync(Math.min(stepMs, left))
      }
    },
    /** Time passes and no timer fires: the thread stands still. */
    stall: (ms: number) => void (state.monotonic += ms),
    setClock: (ms: number) => void (state.set += ms),
    settle: () => vi.advanceTimersByTimeAsync(0)
  }
}

it('every probe runs once in its interval, and its result is told', async () => {
  const { set, begun, pass, settle, results, engine } = build()
  set(many(50))
  await pass(30_000)
  expect(begun.length).toBe(50)
  for (const run of begun) run.end()
  await settle()
  expect(results.length).toBe(50)
  expect(engine.counts()).toMatchObject({ probes: 50, running: 0, started: 50, late: 0, skipped: 0, missed: 0 })
})

it('at most 256 run at once; the others start when one ends, and late ones are counted', async () => {
  const { set, begun, pass, settle, engine } = build()
  set(many(400))
  await pass(30_000)
  expect(begun.length).toBe(256)
  expect(engine.counts()).toMatchObject({ running: 256, waiting: 144 })
  for (const run of begun.slice(0, 100)) run.end()
  await settle()
  expect(begun.length).toBe(356)
  expect(engine.counts().late).toBeGreaterThan(0)
})

it('a thread that stood still tells the runs it could not start as unknown, never as down', async () => {
  const { set, pass, stall, settle, begun, results, engine } = build()
  set(many(10))
  await pass(30_000)
  for (const run of begun.splice(0)) run.end()
  await settle()
  results.length = 0
  stall(95_000)
  await pass(1_100)
  expect(results.length).toBe(10)
  for (const result of results) expect(result).toMatchObject({ outcome: 'unknown', code: 'probe.stalled', attempts: 0 })
  expect(new Set(begun.map(({ probe }) => probe.id)).size).toBe(10)
  expect(engine.counts().missed).toBeGreaterThanOrEqual(20)
  expect(engine.counts().longestStallMs).toBeGreaterThan(90_000)
})

it('a clock that is set blames nobody and stops nothing', async () => {
  const { set, pass, begun, results, warnings, setClock, engine } = build()
  set(many(10))
  await pass(30_000)
  for (const run of begun.splice(0)) run.end()
  setClock(-3_600_000)
  await pass(31_000)
  expect(new Set(begun.map(({ probe }) => probe.id)).size).toBe(10)
  for (const run of begun.splice(0)) run.end()
  setClock(86_400_000)
  await pass(31_000)
  expect(new Set(begun.map(({ probe }) => probe.id)).size).toBe(10)
  expect(results.every(({ outcome }) => outcome === 'up')).toBe(true)
  expect(warnings.length).toBe(2)
  expect(engine.counts()).toMatchObject({ missed: 0 })
})

it('a changed probe ends its run without a result and runs anew; a removed one is silent', async () => {
  const { set, pass, settle, begun, results, warnings } = build()
  const [first, second] = many(2)
  set([first!, second!])
  await pass(30_000)
  set([{ ...first!, timeoutMs: 1 }])
  await settle()
  expect(begun.slice(0, 2).every(({ signal }) => signal.aborted)).toBe(true)
  expect(begun.length).toBe(3)
  begun[2]!.end()
  await settle()
  expect(results.map(({ probe }) => probe)).toEqual([first!.id])
  expect(warnings).toEqual([])
})

it('a recheck runs now, also when the run before has yet to end', async () => {
  const { set, settle, begun, results, engine } = build()
  set(many(1, { intervalMs: 3_600_000 }))
  engine.recheck(['probe-0', 'unknown'])
  expect(begun.length).toBe(1)
  engine.recheck(['probe-0'])
  begun[0]!.end()
  await settle()
  expect(begun.length).toBe(2)
  begun[1]!.end()
  await settle()
  expect(begun.length).toBe(2)
  expect(results.length).toBe(2)
})

it('a try is counted nowhere, and only so many run at once', async () => {
  const { settle, set, begun, results, engine } = build()
  set([])
  const tries = Array.from({ length: 8 }, () => engine.try(probeOf(target)))
  await expect(engine.try(probeOf(target))).rejects.toMatchObject({ code: 'probe.busy', status: 429 })
  for (const run of begun) run.end()
  expect((await Promise.all(tries))[0]).toMatchObject({ outcome: 'up' })
  await settle()
  expect(results).toEqual([])
  expect(engine.counts().started).toBe(0)
  const again = engine.try(probeOf(target))
  begun.at(-1)!.end()
  await again
})

it('a run that fails on us is told to the log and runs again next time', async () => {
  const { set, pass, begun, results, warnings } = build()
  set(many(1))
  await pass(30_000)
  begun[0]!.fail(new Error('bug'))
  await pass(30_000)
  expect(warnings).toEqual(['probe probe-0: Error: bug'])
  expect(results).toEqual([])
  expect(begun.length).toBe(2)
})

it('after the end nothing is started and nothing told', async () => {
  const { set, pass, begun, results, engine } = build()
  set(many(5))
  await pass(30_000)
  engine.stop()
  for (const run of begun) run.end()
  await pass(60_000)
  expect(results).toEqual([])
  expect(begun.length).toBe(5)
})

it('results go up in batches, one at a time, and come again until they are acknowledged', async () => {
  vi.useFakeTimers()
  const sent: ResultBatch[] = []
  const outbox = new Outbox((batch) => sent.push(batch))
  const result = resultOf(probeOf(target), START)
  outbox.add(result)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(250)
  expect(sent).toEqual([{ batch: 1, results: [result] }])
  for (let index = 0; index < BATCH_MAX + 5; index++) outbox.add(result)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent.length).toBe(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(sent.map(({ batch }) => batch)).toEqual([1, 1])
  outbox.refused(1)
  await vi.advanceTimersByTimeAsync(500)
  expect(sent.map(({ batch }) => batch)).toEqual([1, 1, 1])
  outbox.taken(99)
  outbox.taken(1)
  expect(sent.at(-1)).toMatchObject({ batch: 2 })
  expect(sent.at(-1)!.results.length).toBe(BATCH_MAX)
  const closing = outbox.close(2_000)
  outbox.taken(2)
  outbox.taken(3)
  await closing
  expect(outbox.kept).toBe(0)
})

it('while nobody takes them the newest 20,000 results are kept, and the rest counted', async () => {
  vi.useFakeTimers()
  const outbox = new Outbox(() => undefined)
  const probe = probeOf(target)
  for (let index = 0; index < 20_300; index++) outbox.add(resultOf(probe, index))
  expect(outbox.dropped).toBe(100)
  expect(outbox.kept).toBe(20_200)
  const closing = outbox.close(2_000)
  await vi.advanceTimersByTimeAsync(2_000)
  await closing
})

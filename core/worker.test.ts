import { afterEach, expect, it } from 'vitest'
import { startWorker, type RunningWorker, type WorkerOptions } from './worker.ts'
import type { FromTested, ToTested } from './worker.testing.ts'

let worker: RunningWorker<ToTested> | undefined
afterEach(() => worker?.terminate())

/** The thread of `worker.testing.ts`, with what it said and why it failed. */
function start(options: Partial<WorkerOptions<FromTested>> = {}) {
  const said: string[] = []
  const failures: string[] = []
  worker = startWorker<ToTested, FromTested>(new URL('./worker.testing.ts', import.meta.url), {
    name: 'tested',
    onMessage: ({ kind }) => said.push(kind),
    onFailed: (reason) => failures.push(reason),
    stopMs: 5_000,
    ...options
  })
  return { worker, said, failures }
}

it('each question gets its own answer, whatever the order, and messages are heard', async () => {
  const { worker, said } = start()
  worker.post({ kind: 'say' })
  const echo = (value: number, afterMs: number) => worker.ask<number>((id) => ({ kind: 'echo', id, value, afterMs }))
  expect(await Promise.all([echo(1, 40), echo(2, 0), echo(3, 20)])).toEqual([1, 2, 3])
  expect(said).toEqual(['said'])
})

it('an error of ours crosses whole; another gets the code and status of its protocol', async () => {
  const { worker } = start()
  await expect(worker.ask((id) => ({ kind: 'refuse', id, ours: true }))).rejects.toMatchObject({
    code: 'session.busy',
    message: 'busy',
    status: 429,
    params: { retryAfterS: 2 }
  })
  await expect(worker.ask((id) => ({ kind: 'refuse', id, ours: false }))).rejects.toMatchObject({
    code: 'server.failed',
    message: 'not ours',
    status: 503
  })
})

it.each([
  ['die', /code 3/],
  ['throw', /thrown in the thread/]
] as const)(
  'a thread that ends by "%s" is reported once and its questions are refused, then and later',
  async (kind, reason) => {
    const { worker, failures } = start()
    const waiting = worker.ask((id) => ({ kind: 'echo', id, value: 1, afterMs: 60_000 }))
    worker.post({ kind })
    await expect(waiting).rejects.toMatchObject({ code: 'worker.ended', status: 503 })
    await expect(worker.ask((id) => ({ kind: 'echo', id, value: 2 }))).rejects.toMatchObject({ code: 'worker.ended' })
    await worker.stop()
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatch(reason)
  }
)

it('a file that is no program is reported as a failure, with the error the owner chose for questions', async () => {
  const failures: string[] = []
  worker = startWorker<ToTested>(new URL('./no-such-file.ts', import.meta.url), {
    name: 'absent',
    onFailed: (reason) => failures.push(reason),
    ended: (cause) => new Error('away', { cause }),
    stopMs: 1_000
  })
  await expect(worker.ask((id) => ({ kind: 'echo', id, value: 1 }))).rejects.toThrow('away')
  expect(failures).toHaveLength(1)
})

it('a question that is answered late is refused in time, and its answer disturbs nobody', async () => {
  const { worker } = start()
  const late = () => new Error('late')
  await expect(worker.ask((id) => ({ kind: 'echo', id, value: 1, afterMs: 80 }), { ms: 10, late })).rejects.toThrow(
    'late'
  )
  expect(await worker.ask((id) => ({ kind: 'echo', id, value: 2, afterMs: 120 }))).toBe(2)
})

it('stop waits for the end, once, reports no failure, and refuses what comes after', async () => {
  const { worker, failures } = start()
  const open = worker.ask((id) => ({ kind: 'echo', id, value: 1, afterMs: 60_000 }))
  open.catch(() => undefined)
  await worker.ask((id) => ({ kind: 'echo', id, value: 2 }))
  const stopping = worker.stop()
  await expect(worker.ask((id) => ({ kind: 'echo', id, value: 3 }))).rejects.toMatchObject({ code: 'worker.ended' })
  await stopping
  await worker.stop()
  await expect(open).rejects.toMatchObject({ code: 'worker.ended' })
  expect(failures).toEqual([])
})

it('a thread that hangs when asked to stop is ended after its time', async () => {
  const { worker, failures } = start({ stopMs: 100 })
  worker.post({ kind: 'hang' })
  const began = performance.now()
  await worker.stop()
  expect(performance.now() - began).toBeGreaterThanOrEqual(99)
  expect(failures).toEqual([])
})

import { Worker } from 'node:worker_threads'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { StoreReader } from '#core/event-search.ts'
import type { ReaderAnswer, ReaderCall } from './reader.ts'

/** Questions waiting for the reader thread; more are refused with `store.busy` instead of piling up. */
const MAX_WAITING = 64

type Waiting = { resolve(value: unknown): void; reject(error: Error): void }

/** The store's reading side, answered by a thread of its own: a long search never holds the console. */
export function createReadPool(config: Config): StoreReader {
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let worker: Worker | undefined
  let closed = false

  function start(): Worker {
    const started = new Worker(new URL('./reader.ts', import.meta.url), { name: 'reader' })
    started.postMessage({ kind: 'config', config })
    started.on('message', (answer: ReaderAnswer) => {
      const question = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.error) question?.reject(new SocError(answer.error.code, answer.error.message, answer.error))
      else question?.resolve(answer.value)
    })
    const lost = (error?: Error) => {
      if (worker === started) worker = undefined
      for (const question of waiting.values())
        question.reject(new SocError('store.failed', 'the reader thread ended', { status: 503, cause: error }))
      waiting.clear()
    }
    started.on('error', lost)
    started.on('exit', () => lost())
    return started
  }

  function call(method: ReaderCall['method'], args: unknown[]): Promise<never> {
    if (closed) return Promise.reject(new SocError('store.away', 'the console is stopping', { status: 503 }))
    if (waiting.size >= MAX_WAITING)
      return Promise.reject(new SocError('store.busy', 'too many searches at once', { status: 503 }))
    worker ??= start()
    const id = nextId++
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      worker!.postMessage({ kind: 'call', call: { id, method, args } })
    })
  }

  return {
    search: (...args) => call('search', args),
    histogram: (...args) => call('histogram', args),
    byId: (...args) => call('byId', args),
    deadLetters: (...args) => call('deadLetters', args),
    deadLetter: (...args) => call('deadLetter', args),
    days: (...args) => call('days', args),
    async close() {
      closed = true
      if (worker === undefined) return
      const ended = new Promise((resolve) => worker!.once('exit', resolve))
      worker.postMessage({ kind: 'stop' })
      await ended
    }
  }
}

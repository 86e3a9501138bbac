import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { StoreReader } from '#core/event-search.ts'
import { fairLimit, type FairLimit } from '#core/fair-limit.ts'
import { startWorker, type RunningWorker } from '#core/worker.ts'
import type { ReaderCall } from './reader.ts'

/** Reader threads: one person's long search leaves the other free for everybody else. */
const THREADS = 2
/** Questions of one person under way at once. With the embedded store each takes a thread whole. */
const RUNNING_PER_PERSON = 1
/** Questions that one person may let wait; more are refused with `search.too_many`. */
const WAITING_PER_PERSON = 8
/** Questions waiting in all; more are refused with `store.busy` instead of piling up. */
const MAX_WAITING = 64
/** A search that does not end by then is cut off with its thread; it only reads. */
const STOP_MS = 20_000

/** People take turns: one of each after the other, however many searches somebody starts. */
export const searchTurns = (): FairLimit =>
  fairLimit({
    running: THREADS,
    runningPerCaller: RUNNING_PER_PERSON,
    waiting: MAX_WAITING,
    waitingPerCaller: WAITING_PER_PERSON,
    busy: (own) =>
      own
        ? new SocError('search.too_many', 'too many searches of one person', {
            status: 429,
            params: { retryAfterS: 2 }
          })
        : new SocError('store.busy', 'too many searches at once', { status: 503 })
  })

/** A reader thread; started at its first question, and anew at the next one after it ended. */
class Reader {
  readonly #config: Config
  #thread: RunningWorker<ReaderCall> | undefined
  busy = false

  constructor(config: Config) {
    this.#config = config
  }

  ask(method: ReaderCall['method'], args: unknown[]): Promise<never> {
    return (this.#thread ??= this.#start()).ask<never>((id) => ({ kind: 'call', id, method, args }))
  }

  async stop() {
    await this.#thread?.stop()
  }

  #start(): RunningWorker<ReaderCall> {
    const started = startWorker<ReaderCall>(new URL('./reader.ts', import.meta.url), {
      name: 'reader',
      data: { config: this.#config },
      onFailed: () => {
        if (this.#thread === started) this.#thread = undefined
      },
      ended: (cause) => new SocError('store.failed', 'the reader thread ended', { status: 503, cause }),
      stopMs: STOP_MS
    })
    return started
  }
}

/** The store's reading side, answered by threads of its own: a long search never holds the console, nor another person's. */
export function createReadPool(config: Config): StoreReader {
  const turns = searchTurns()
  // The first one that is free: the second is started only when two people search at once.
  const readers = Array.from({ length: THREADS }, () => new Reader(config))
  let closed = false

  /** Single records, and questions of the platform itself, are quick: each takes a turn of its own. */
  let unnamed = 0
  async function call(method: ReaderCall['method'], args: unknown[], caller = `unnamed ${++unnamed}`): Promise<never> {
    if (closed) throw new SocError('store.away', 'the console is stopping', { status: 503 })
    return turns(caller, async () => {
      const reader = readers.find(({ busy }) => !busy) ?? readers[0]!
      reader.busy = true
      try {
        return await reader.ask(method, args)
      } finally {
        reader.busy = false
      }
    })
  }

  return {
    search: (request, budget) => call('search', [request, budget], budget.caller),
    histogram: (request, buckets, budget) => call('histogram', [request, buckets, budget], budget.caller),
    byId: (...args) => call('byId', args),
    deadLetters: (...args) => call('deadLetters', args),
    deadLetter: (...args) => call('deadLetter', args),
    days: (...args) => call('days', args),
    async close() {
      closed = true
      await Promise.all(readers.map((reader) => reader.stop()))
    }
  }
}

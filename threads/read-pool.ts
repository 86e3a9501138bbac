import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { StoreReader } from '#core/event-search.ts'
import { limit } from '#core/limit.ts'
import { startWorker, type RunningWorker } from '#core/worker.ts'
import type { ReaderCall } from './reader.ts'

/** Questions waiting for the reader thread; more are refused with `store.busy` instead of piling up. */
const MAX_WAITING = 64
/** A search that does not end by then is cut off with its thread; it only reads. */
const STOP_MS = 20_000

/** The store's reading side, answered by a thread of its own: a long search never holds the console. */
export function createReadPool(config: Config): StoreReader {
  const turns = limit({
    running: MAX_WAITING,
    waiting: 0,
    busy: () => new SocError('store.busy', 'too many searches at once', { status: 503 })
  })
  let thread: RunningWorker<ReaderCall> | undefined
  let closed = false

  /** Started at the first question, and anew at the next one after it ended. */
  function start(): RunningWorker<ReaderCall> {
    const started = startWorker<ReaderCall>(new URL('./reader.ts', import.meta.url), {
      name: 'reader',
      data: { config },
      onFailed() {
        if (thread === started) thread = undefined
      },
      ended: (cause) => new SocError('store.failed', 'the reader thread ended', { status: 503, cause }),
      stopMs: STOP_MS
    })
    return started
  }

  async function call(method: ReaderCall['method'], args: unknown[]): Promise<never> {
    if (closed) throw new SocError('store.away', 'the console is stopping', { status: 503 })
    return turns(() => (thread ??= start()).ask<never>((id) => ({ kind: 'call', id, method, args })))
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
      await thread?.stop()
    }
  }
}

import { parentPort } from 'node:worker_threads'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { StoreReader } from '#core/event-search.ts'
import { openReader } from './open-store.ts'

/** One call of the reading side: method by name, arguments as they are. */
export type ReaderCall = { id: number; method: Exclude<keyof StoreReader, 'close'>; args: unknown[] }
export type ReaderAnswer = {
  id: number
  value?: unknown
  error?: { code: string; message: string; status: number; params: Record<string, string | number> }
}

const port = parentPort!
let reader: Promise<StoreReader> | undefined
let config: Config | undefined

/** Opened at the first question; a failed opening is tried again at the next. */
function opened(): Promise<StoreReader> {
  if (config === undefined) throw new SocError('store.away', 'the store is not configured yet', { status: 503 })
  reader ??= openReader(config, systemClock).catch((error: unknown) => {
    reader = undefined
    throw error
  })
  return reader
}

async function answer(call: ReaderCall) {
  try {
    const target = (await opened()) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    port.postMessage({ id: call.id, value: await target[call.method]!(...call.args) } satisfies ReaderAnswer)
  } catch (error) {
    const known = error instanceof SocError
    port.postMessage({
      id: call.id,
      error: {
        code: known ? error.code : 'store.failed',
        message: messageOf(error),
        status: known ? error.status : 503,
        params: known ? error.params : {}
      }
    } satisfies ReaderAnswer)
  }
}

port.on(
  'message',
  (message: { kind: 'config'; config: Config } | { kind: 'call'; call: ReaderCall } | { kind: 'stop' }) => {
    switch (message.kind) {
      case 'config':
        config = message.config
        return
      case 'call':
        void answer(message.call)
        return
      case 'stop':
        void (reader ?? Promise.resolve(undefined))
          .then((opened) => opened?.close())
          .catch(() => undefined)
          .finally(() => port.close())
    }
  }
)

import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { StoreReader } from '#core/event-search.ts'
import { answer, type Stop } from '#core/worker.ts'
import { openReader } from './open-store.ts'

/** One call of the reading side: method by name, arguments as they are. Answered with what the method gives. */
export type ReaderCall = { kind: 'call'; id: number; method: Exclude<keyof StoreReader, 'close'>; args: unknown[] }

const port = parentPort!
const { config } = workerData as { config: Config }
let reader: Promise<StoreReader> | undefined

/** Opened at the first question; a failed opening is tried again at the next. */
function opened(): Promise<StoreReader> {
  reader ??= openReader(config, systemClock).catch((error: unknown) => {
    reader = undefined
    throw error
  })
  return reader
}

async function call({ method, args }: ReaderCall): Promise<unknown> {
  const target = (await opened()) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  return target[method]!(...args)
}

async function stop() {
  try {
    await (await reader)?.close()
  } catch {
    // It could not be opened or closed; the thread ends either way.
  }
  port.close()
}

port.on('message', (message: ReaderCall | Stop) => {
  switch (message.kind) {
    case 'call':
      return void answer(port, message.id, () => call(message), { code: 'store.failed', status: 503 })
    case 'stop':
      void stop()
  }
})

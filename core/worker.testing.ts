import { parentPort } from 'node:worker_threads'
import { setTimeout as sleep } from 'node:timers/promises'
import { SocError } from './errors.ts'
import { answer } from './worker.ts'

/** What the thread of the worker's tests is asked to do. */
export type ToTested =
  | { kind: 'echo'; id: number; value: unknown; afterMs?: number }
  | { kind: 'refuse'; id: number; ours: boolean }
  | { kind: 'die' | 'throw' | 'hang' | 'say' }
/** What it says without being asked. */
export type FromTested = { kind: 'said' }

const port = parentPort!
let hangs = false

port.on('message', (message: ToTested | { kind: 'stop' }) => {
  switch (message.kind) {
    case 'echo':
      return void answer(port, message.id, () => sleep(message.afterMs ?? 0, message.value, { ref: false }), {
        code: 'server.failed'
      })
    case 'refuse':
      return void answer(
        port,
        message.id,
        () => {
          if (message.ours) throw new SocError('session.busy', 'busy', { status: 429, params: { retryAfterS: 2 } })
          throw new TypeError('not ours')
        },
        { code: 'server.failed', status: 503 }
      )
    case 'die':
      return process.exit(3)
    case 'throw':
      throw new Error('thrown in the thread')
    case 'hang':
      hangs = true
      return
    case 'say':
      return port.postMessage({ kind: 'said' } satisfies FromTested)
    case 'stop':
      if (!hangs) port.close()
  }
})

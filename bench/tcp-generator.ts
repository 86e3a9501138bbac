import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { lineGenerator } from '#testing/lines.ts'

/** What the generator thread is told: where to, how fast, how many. */
export type GeneratorOrder = { port: number; eventsPerSecond: number; events: number; seed: number }

const { port, eventsPerSecond, events, seed } = workerData as GeneratorOrder
const SLICE_MS = 20

const socket = connect(port, '127.0.0.1')
await once(socket, 'connect')
const line = lineGenerator(seed)
const started = performance.now()
let sent = 0
let late = 0
while (sent < events) {
  const due = Math.min(events, Math.floor(((performance.now() - started) / 1_000) * eventsPerSecond))
  const lines: string[] = []
  while (sent < due) lines.push(line(sent++, Date.now()))
  if (lines.length > 0 && !socket.write(`${lines.join('\n')}\n`)) {
    const before = performance.now()
    await once(socket, 'drain')
    late += performance.now() - before
  }
  parentPort?.postMessage({ sent })
  await sleep(SLICE_MS)
}
socket.end()
await once(socket, 'close')
parentPort?.postMessage({ sent, done: true, seconds: (performance.now() - started) / 1_000, heldBackMs: late })

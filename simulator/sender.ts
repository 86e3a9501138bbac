import type { Clock } from '#core/clock.ts'
import type { Simulator } from './simulator.ts'

/** Records of one request; an intake answers it as a whole. */
const BATCH_RECORDS = 500
/** After being away longer than this, what lies before is left out and told: nobody waits for a day of records. */
const BEHIND_MAX_MS = 600_000

/** Exchange records on their way to a `/v1/events` listener. */
export type ExchangeSender = {
  /** Sends what began since the last step; nothing is sent twice, and what was not acknowledged comes again, byte for byte. */
  step(): Promise<{ sent: number; behindMs: number }>
}

/**
 * Sends the simulator's records from `from` on. One request at a time, the next one only after the answer: a listener
 * that is slow or full holds the sender back, it never piles up work. While our own line is cut nothing goes out.
 */
export function createExchangeSender(options: {
  simulator: Simulator
  url: string
  token: string
  clock: Clock
  from: number
  log(message: string): void
}): ExchangeSender {
  const { simulator, clock } = options
  let upTo = options.from
  /** A request that was not acknowledged, and how far it reaches. */
  let waiting: { body: string; records: number }[] = []
  let waitingUpTo = upTo
  let running = false

  async function post(body: string): Promise<boolean> {
    try {
      const response = await fetch(new URL('/v1/events', options.url), {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${options.token}` },
        body,
        signal: AbortSignal.timeout(30_000)
      })
      await response.arrayBuffer()
      if (response.ok) return true
      options.log(`exchange records: HTTP ${response.status}`)
    } catch (error) {
      options.log(`exchange records: ${String(error)}`)
    }
    return false
  }

  async function sendAll(): Promise<number> {
    const now = clock.now()
    if (waiting.length === 0) {
      if (now - upTo > BEHIND_MAX_MS) {
        options.log(`exchange records: ${Math.round((now - upTo) / 1_000)} s behind, older ones are left out`)
        upTo = now - BEHIND_MAX_MS
      }
      const lines = simulator.recordsBetween(upTo, now).map((record) => JSON.stringify(record))
      for (let start = 0; start < lines.length; start += BATCH_RECORDS) {
        const part = lines.slice(start, start + BATCH_RECORDS)
        waiting.push({ body: part.join('\n'), records: part.length })
      }
      waitingUpTo = now
    }
    let sent = 0
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (!(await post(next.body))) return sent
      sent += next.records
      waiting = waiting.slice(1)
    }
    upTo = waitingUpTo
    return sent
  }

  return {
    async step() {
      const behindMs = clock.now() - upTo
      if (running || simulator.cut || behindMs <= 0) return { sent: 0, behindMs }
      running = true
      try {
        return { sent: await sendAll(), behindMs }
      } finally {
        running = false
      }
    }
  }
}

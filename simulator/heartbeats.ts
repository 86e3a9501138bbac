import { createHash, createHmac } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import type { Simulator } from './simulator.ts'

/** A device that reports: its system, its probe, and the key it signs with. */
export type Reporter = { system: string; probe: string; key: string }

/** One heartbeat as a site sends it: `POST /v1/heartbeats/<probe>` with its time and signature. `at` in milliseconds. */
export function signHeartbeat(reporter: Pick<Reporter, 'probe' | 'key'>, at: number, body: string) {
  const digest = createHash('sha256').update(body).digest('hex')
  const signature = createHmac('sha256', reporter.key).update(`${reporter.probe}.${at}.${digest}`).digest('hex')
  return {
    path: `/v1/heartbeats/${encodeURIComponent(reporter.probe)}`,
    headers: { 'content-type': 'application/json', 'x-soc-time': String(at), 'x-soc-signature': signature },
    body
  }
}

/** Devices that answer at the same moment; the others wait their turn. */
const AT_ONCE = 8

/**
 * Sends heartbeats of the simulator's devices to `url` (an HTTP intake listener). `step` sends one for every device that
 * is not silent and says how many were taken; what is refused is told once a device, with its status.
 */
export function createHeartbeats(options: {
  simulator: Simulator
  reporters: readonly Reporter[]
  url: string
  clock: Clock
  log(message: string): void
}) {
  const { simulator, clock } = options
  const toldOf = new Set<string>()

  async function send(reporter: Reporter): Promise<boolean> {
    const feels = simulator.beat(reporter.system)
    if (feels === 'silent') return false
    const beat = signHeartbeat(reporter, clock.now(), JSON.stringify({ state: feels, detail: '' }))
    try {
      const response = await fetch(new URL(beat.path, options.url), {
        method: 'POST',
        headers: beat.headers,
        body: beat.body,
        signal: AbortSignal.timeout(5_000)
      })
      await response.arrayBuffer()
      if (response.ok) return true
      tellOnce(reporter, `HTTP ${response.status}`)
    } catch (error) {
      tellOnce(reporter, String(error))
    }
    return false
  }
  function tellOnce(reporter: Reporter, why: string) {
    if (toldOf.has(reporter.system)) return
    toldOf.add(reporter.system)
    options.log(`heartbeat of ${reporter.system}: ${why}`)
  }

  return {
    async step(): Promise<number> {
      const waiting = [...options.reporters]
      let taken = 0
      const work = async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) if (await send(next)) taken++
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return taken
    }
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIntake } from '#collector/intake.ts'
import { openSpoolWriter } from '#collector/spool/writer.ts'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import type { Health } from '#control/health/health.ts'
import { createHeartbeats, type Reporter } from '#simulator/heartbeats.ts'
import type { Simulator } from '#simulator/simulator.ts'

type LineParts = {
  simulator: Simulator
  reporters: Reporter[]
  health: Health
  snapshot: DataPlaneSnapshot
  clock: Clock
  origin: Origin
}

/** Signed heartbeats of the stand-ins through a real listener of a real intake, whose spool is a temporary folder. */
export async function openHeartbeatLine({ simulator, reporters, health, snapshot, clock, origin }: LineParts) {
  const folder = mkdtempSync(join(tmpdir(), 'vong-lau-drill-'))
  const spool = openSpoolWriter(join(folder, 'spool'), { maxBytes: 2 ** 27, reserveBytes: 1, clock })
  const intake = createIntake({
    spool,
    snapshot: {
      ...snapshot,
      heartbeats: [...health.heartbeatKeys()].map(([probe, known]) => ({ probe, ...known, origin }))
    },
    clock,
    tls: undefined,
    onNotice: () => undefined,
    onHeartbeats: async (results) => health.take(results)
  })
  const [listener] = await intake.open([{ id: 'drill-http', protocol: 'http', host: '127.0.0.1', port: 0, origin }])
  const heartbeats = createHeartbeats({
    simulator,
    reporters,
    url: `http://127.0.0.1:${listener!.port}`,
    clock,
    log(message) {
      throw new SocError('drill.heartbeat', message)
    }
  })
  return {
    /** Sends the heartbeats that are due. */
    step: () => heartbeats.step(),
    async close() {
      await intake.stop()
      await spool.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

import { createHealth } from '#detector/health/health.ts'
import type { CatalogueEditor } from '#console/server/catalogue.ts'
import { manualClock, type Clock } from '#core/clock.ts'
import { DAY_MS } from '#core/time.ts'
import type { Control } from '#store/control/control.ts'
import { probesFor } from '../bench/simulator/probes.ts'
import { faceOf } from '../bench/simulator/stand-ins.ts'
import { writePastDays } from '../demonstration/past-days.ts'
import type { Story } from '../demonstration/story.ts'
import { startSimulatedSystems, type SimulatedSystems } from '../demonstration/systems.ts'
import type { DemonstratedSystems } from './demonstration.ts'
import type { HealthPlane } from './health-plane.ts'

/** The same simulated day on every machine. */
const SEED = 45
/** Days behind a demonstration that begins: enough for its strips, not enough for a figure of thirty days. */
const PAST_DAYS = 2

/** The simulated systems as the demonstration starts and ends them: catalogue, past days, stand-ins and probes. */
export function demonstratedSystems(parts: {
  control: Control
  clock: Clock
  catalogue: CatalogueEditor
  health: HealthPlane
  /** Where the console answers, so that it is measured like the others. */
  consoleUrl(): string
  told(message: string): void
}): DemonstratedSystems & { readonly running: SimulatedSystems | undefined } {
  const { control, clock, catalogue, health } = parts
  let running: SimulatedSystems | undefined

  function addSystems(story: Story) {
    for (const { id, name, owner, hosts } of story.systems) {
      if (catalogue.inventory.system(id) !== undefined) continue
      const by = { user: 'system', reason: 'minh họa', origin: 'demonstration' as const }
      catalogue.change({ kind: 'system', id, set: { name, owner, hosts } }, by)
    }
  }

  /** On an engine of its own that tells nobody; the one that lives reads what it wrote. */
  function writePast(until: number) {
    const past = manualClock(until - PAST_DAYS * DAY_MS)
    const nobody = () => undefined
    const engine = createHealth({
      control,
      inventory: () => catalogue.inventory,
      clock: past,
      origin: 'demonstration',
      raise: nobody,
      resolve: nobody,
      alertOf: nobody,
      recheck: nobody,
      onProbesChanged: nobody,
      onWallChanged: nobody
    })
    const standIns = catalogue.inventory.systems.flatMap((system) => {
      const face = faceOf(system, catalogue.inventory)
      const port = face === 'heartbeat' ? null : 1
      return face === undefined ? [] : [{ system: system.id, name: system.name, face, host: '127.0.0.1', port }]
    })
    writePastDays({ health: engine, clock: past, until, drafts: probesFor(standIns), seed: SEED })
  }

  return {
    get running() {
      return running
    },
    async start({ story, startedAt, fresh, events, heartbeatsUrl }) {
      addSystems(story)
      if (fresh) control.transaction(() => writePast(clock.now()))
      health.demonstration.start(clock.now())
      running = await startSimulatedSystems({
        seed: SEED,
        clock,
        inventory: catalogue.inventory,
        health: health.demonstration,
        together: (work) => control.transaction(work),
        recheck: health.recheck,
        events,
        heartbeatsUrl,
        allow: health.allowDemonstration,
        turns: story.turns,
        startedAt,
        consoleUrl: parts.consoleUrl(),
        told: parts.told
      })
      return {
        async stop() {
          await running?.stop()
          running = undefined
        }
      }
    },
    forget() {
      health.demonstration.forget()
      health.allowDemonstration([], '')
      catalogue.forget('demonstration')
    }
  }
}

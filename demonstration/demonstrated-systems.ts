import { manualClock, type Clock } from '#core/clock.ts'
import type { CatalogueEditor } from '#control/catalogue/catalogue.ts'
import { DAY_MS } from '#core/time.ts'
import { createHealth, type Health } from '#control/health/health.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { probesFor } from '#simulator/probes.ts'
import { faceOf } from '#simulator/stand-ins.ts'
import { writePastDays } from './past-days.ts'
import type { Story } from './story.ts'
import { startSimulatedSystems, type SimulatedSystems } from './systems.ts'

/** Days behind a demonstration that begins. */
const PAST_DAYS = 7
/** Name under which it changes the catalogue. */
const USER = 'demonstration'

/**
 * The simulated systems of the demonstration, ready for demonstration.ts: puts the story's own systems into the
 * catalogue, gives a fresh demonstration some days behind it, and runs the simulator. `forget` deletes all of it.
 */
export function createDemonstratedSystems(parts: {
  seed: number
  control: Control
  clock: Clock
  catalogue: Pick<CatalogueEditor, 'inventory' | 'change' | 'forget'>
  /** The running engine of origin demonstration. */
  health: Health
  allow(endpoints: string[], authority: string, own?: string[]): void
  recheck(probes: string[]): void
  /** Address of the console on loopback, '' to leave it out. */
  consoleUrl(): string
  log(message: string): void
}) {
  const { seed, control, clock, catalogue, health } = parts
  let running: SimulatedSystems | undefined

  function addSystems(story: Story) {
    for (const { id, name, owner, hosts } of story.systems) {
      if (catalogue.inventory.system(id) !== undefined) continue
      const by = { user: USER, reason: 'hệ thống của phần trình diễn', origin: 'demonstration' as const }
      catalogue.change({ kind: 'system', id, set: { name, owner, hosts } }, by)
    }
  }
  function writePast() {
    const now = clock.now()
    const past = manualClock(now - PAST_DAYS * DAY_MS)
    control.transaction(() => {
      health.forget()
      const silent = createHealth({
        control,
        inventory: () => catalogue.inventory,
        clock: past,
        origin: 'demonstration',
        raise: () => undefined,
        resolve: () => undefined,
        alertOf: () => undefined,
        recheck: () => undefined,
        onProbesChanged: () => undefined,
        onWallChanged: () => undefined
      })
      writePastDays({ health: silent, clock: past, until: now, drafts: pastDrafts(catalogue.inventory), seed })
    })
    // Reads what the other one wrote, and goes on from there.
    health.start(now)
  }

  return {
    async start(about: {
      story: Story
      startedAt: number
      fresh: boolean
      events: { url: string; token: string }
      heartbeatsUrl: string
    }): Promise<SimulatedSystems> {
      addSystems(about.story)
      if (about.fresh) writePast()
      running = await startSimulatedSystems({
        seed,
        clock,
        inventory: catalogue.inventory,
        health,
        together: (work) => control.transaction(work),
        events: about.events,
        heartbeatsUrl: about.heartbeatsUrl,
        allow: parts.allow,
        recheck: parts.recheck,
        turns: about.story.turns,
        startedAt: about.startedAt,
        consoleUrl: parts.consoleUrl(),
        log: parts.log
      })
      parts.log(`simulated systems: ${running.controlUrl}`)
      return running
    },
    /** What runs now, for tests and for whoever breaks things by hand. */
    running: () => running,
    forget() {
      running = undefined
      health.forget()
      catalogue.forget('demonstration')
    }
  }
}

/** A probe for every system that has a stand-in, for looks of the past: nobody is asked. */
function pastDrafts(inventory: Inventory) {
  return probesFor(
    inventory.systems.flatMap((system) => {
      const face = faceOf(system, inventory)
      if (face === undefined) return []
      return [{ system: system.id, name: system.name, face, host: '127.0.0.1', port: face === 'heartbeat' ? null : 1 }]
    })
  )
}

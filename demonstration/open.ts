import type { DataPlane } from '#core/data-plane.ts'
import type { ControlPlane } from '#control/control-plane.ts'
import { createDemonstratedSystems } from './demonstrated-systems.ts'
import { createDemonstration, storyFolder } from './demonstration.ts'

/** The same simulated day on every machine. */
const SEED = 45

export type Demonstration = ReturnType<typeof openDemonstration>

/** The labelled demonstration over a running control plane and data plane: its story, and the simulated systems beside it. */
export function openDemonstration(parts: {
  control: ControlPlane
  dataPlane: DataPlane
  log: { warn(fields: object, message: string): void }
}) {
  const { control, dataPlane } = parts
  const { health, changes } = control
  const log = (message: string) => parts.log.warn({ message }, 'demonstration')
  let consoleUrl = ''
  const systems = createDemonstratedSystems({
    ...{ seed: SEED, log, control: control.control, clock: control.clock, catalogue: control.catalogue },
    health: health.of('demonstration'),
    allow: health.allowDemonstration,
    recheck: health.recheck,
    consoleUrl: () => consoleUrl
  })
  const story = createDemonstration({
    ...{ folder: storyFolder, control: control.control, clock: control.clock, dataPlane, systems, log },
    record: control.demonstration,
    senders: control.senders,
    sendersChanged: () => changes.emit('snapshot'),
    forget: () => control.forget('demonstration')
  })
  return {
    /** Plays when it is wanted: told so, or `auto` on a data folder that never had one; `off` ends one that was cut off. */
    async play(about: { setting: 'auto' | 'on' | 'off'; fresh: boolean; consoleUrl: string }): Promise<void> {
      ;({ consoleUrl } = about)
      if (story.wanted(about.setting, about.fresh)) await story.start()
      else if (about.setting === 'off' && control.demonstration.status() !== null) await story.end()
    },
    end: () => story.end(),
    stop: () => story.stop(),
    /** Page where the simulated systems are broken and mended; null while none run. */
    simulatorUrl: () => systems.running()?.controlUrl ?? null
  }
}

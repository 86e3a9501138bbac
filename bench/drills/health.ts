import type { Drill, DrillLine } from '../../cli/drill-lines.ts'
import { manualClock } from '#core/clock.ts'
import { messageOf } from '#core/errors.ts'
import { loadInventory } from '#province/load.ts'
import { createSimulator } from '#simulator/simulator.ts'
import { openPost } from './post.ts'
import { scenarios, type Scenario } from './scenario.ts'

/** Tuesday morning in November 2023, when offices work. */
const BEGINS = Date.parse('2023-11-14T09:00:00+07:00')
/** Time before a scenario in which everything is seen to be well. Seconds. */
const CALM = 35
/** A slow stand-in answers so much later: real time, a little more than the drill's probes call slow. */
const SLOW_BY_MS = 900

/** Stand-ins that scenarios are played against one after the other, each on a control plane of its own. */
export async function openDrill(
  seed: number
): Promise<{ play(scenario: Scenario): Promise<DrillLine>; close(): Promise<void> }> {
  const clock = manualClock(BEGINS)
  const inventory = loadInventory('2023-11-30')
  const simulator = await createSimulator({ seed, clock, catalogue: inventory, slowByMs: SLOW_BY_MS })

  async function seenIn(scenario: Scenario): Promise<string> {
    await simulator.mend()
    const post = await openPost(simulator, clock, inventory)
    try {
      await post.pass(CALM)
      const early = post.look().alerts.map((alert) => `${alert.rule} ${alert.system}`)
      if (early.length > 0) return `an alert before anything broke: ${early.join(', ')}`
      return await scenario.play(post)
    } catch (error) {
      return `failed: ${messageOf(error)}`
    } finally {
      await post.close()
    }
  }

  return {
    async play(scenario) {
      const { name, expected } = scenario
      const seen = await seenIn(scenario)
      return { scenario: name, expected, seen, passed: seen === expected }
    },
    close: () => simulator.stop()
  }
}

/** `soc drill health`: every line that the root cause logic is measured by. */
export const health: Drill = {
  about: 'break the province’s systems one by one: who is told of what',
  help: `
Usage: soc drill health [--seed N] [--only WORD] [--json]

Opens a stand-in for every system of the catalogue and breaks them as each line says. Sockets, probe runners, health engine, alerts and the
parser of exchange records are the real ones; only the clock is simulated. --only plays the lines whose name contains a word.`,
  async run({ seed, only }, log) {
    const word = only?.toLowerCase()
    const chosen = scenarios.filter(({ name }) => word === undefined || name.toLowerCase().includes(word))
    const drill = await openDrill(seed)
    const lines: DrillLine[] = []
    try {
      for (const scenario of chosen) {
        const line = await drill.play(scenario)
        lines.push(line)
        log(line)
      }
    } finally {
      await drill.close()
    }
    return lines
  }
}

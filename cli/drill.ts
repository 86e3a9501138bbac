import { SocError } from '#core/errors.ts'
import { fromCheckout } from './checkout.ts'
import type { Drill, DrillLine } from './drill-lines.ts'
import { readArgs, type Command } from './command.ts'

/** Every drill by name; each is one file. */
const drills: Record<string, () => Promise<Drill>> = {
  health: async () => (await fromCheckout(() => import('../bench/drills/health.ts'))).health,
  hostile: async () => (await fromCheckout(() => import('../bench/drills/hostile.ts'))).hostile,
  resources: async () => (await fromCheckout(() => import('../bench/drills/resources.ts'))).resources
}

/** `soc drill NAME`: breaks things on purpose and looks whether what is told of them is right. */
export const drill: Command = {
  about: 'break things on purpose: soc drill NAME',
  help: `
Usage: soc drill [NAME] [--seed N] [--only WORD] [--json]

Without NAME the drills are listed; \`soc drill NAME --help-drill\` tells of one. Prints what was expected and what was seen, and as the last line one JSON
object; --json prints that line alone. Exit code 1 when a line fails.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      seed: { type: 'string', default: '6' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      'help-drill': { type: 'boolean', default: false }
    })
    const [name] = positionals
    if (name === undefined) {
      for (const [key, load] of Object.entries(drills))
        process.stdout.write(`${key.padEnd(12)} ${(await load()).about}\n`)
      return 0
    }
    const load = drills[name]
    if (load === undefined)
      throw new SocError('cli.usage', `drill: there is no "${name}"; one of ${Object.keys(drills).join(', ')}`)
    const chosen = await load()
    if (values['help-drill']) {
      process.stdout.write(`${chosen.help.trim()}\n`)
      return 0
    }
    const seed = Number(values.seed)
    if (!Number.isInteger(seed)) throw new SocError('cli.usage', '--seed: a whole number')
    const lines = await chosen.run({ seed, only: values.only }, (line) => {
      if (!values.json) process.stdout.write(`${printed(line)}\n`)
    })
    if (lines.length === 0) throw new SocError('cli.usage', `--only: no line of the drill contains "${values.only}"`)
    const passed = lines.filter((line) => line.passed).length
    if (!values.json) process.stdout.write(`${passed} of ${lines.length} lines as expected\n`)
    process.stdout.write(`${JSON.stringify({ drill: name, seed, passed, lines })}\n`)
    return passed === lines.length ? 0 : 1
  }
}

const printed = (line: DrillLine) =>
  [
    `${line.passed ? 'ok    ' : 'FAILED'}  ${line.scenario}`,
    `        expected  ${line.expected}`,
    `        seen      ${line.seen}`
  ].join('\n')

import { SocError } from '#core/errors.ts'
import { fromCheckout } from './checkout.ts'
import type { Command } from './command.ts'

/** `soc bench NAME`: figures anyone can measure again. */
export const bench: Command = {
  about: 'measure: soc bench NAME',
  help: `
Usage: soc bench [NAME] [options]

Without NAME the benchmarks are listed. \`soc bench NAME help\` tells a benchmark's options. Each prints a table and, as its last line, one JSON
object with every figure, the CPU model and the commit. Exit code 1 when a stated target was missed.`,
  async run([name, ...args]) {
    const { benchmarks } = await fromCheckout(() => import('../bench/index.ts'))
    if (name === undefined) {
      for (const [key, load] of Object.entries(benchmarks))
        process.stdout.write(`${key.padEnd(16)} ${(await load()).about}\n`)
      return 0
    }
    const load = benchmarks[name]
    if (load === undefined)
      throw new SocError('cli.usage', `bench: there is no "${name}"; one of ${Object.keys(benchmarks).join(', ')}`)
    const benchmark = await load()
    if (args[0] === 'help') {
      process.stdout.write(`${benchmark.help.trim()}\n`)
      return 0
    }
    const figures = await benchmark.run(args, (line) => process.stderr.write(`${line}\n`))
    const { printFigures } = await import('../bench/report.ts')
    printFigures(name, figures)
    return figures.some((figure) => figure.reached === false) ? 1 : 0
  }
}

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { systemClock } from '#core/clock.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { loadInventory } from '#province/load.ts'
import { COMMANDS, obey } from '#simulator/commands.ts'
import { openControlPage } from '#simulator/control-page.ts'
import { createExchangeSender } from '#simulator/sender.ts'
import { createSimulator } from '#simulator/simulator.ts'
import { readArgs, type Command } from './command.ts'

/** Exchange records go out this often. */
const SEND_EVERY_MS = 2_000

/** `soc simulate`: the province's systems on this machine, to be broken one by one. */
export const simulate: Command = {
  about: 'stand in for the province’s systems and break them',
  help: `
Usage: soc simulate [--seed N] [--port P] [--host ADDRESS] [--date YYYY-MM-DD] [--rate X] [--to URL --token T] [--probes]

Opens a stand-in for every system of the catalogue on a port of its own and prints where. Reads commands from stdin, one a line:

  ${COMMANDS.replaceAll('\n', '\n  ')}

The same over HTTP on loopback (--port, 0 lets the system choose): a page at /, POST /break/SYSTEM/KIND, POST /mend/SYSTEM.
--to and --token send exchange records to an HTTP intake (/v1/events) in the rhythm of a working day; --rate multiplies it.
--host lets the stand-ins listen on another address, for probes of a platform elsewhere. --probes prints a probe for each
stand-in as JSON lines and goes on. Ends with SIGINT or SIGTERM, or at the end of stdin when that is not a terminal and --stay is not given.`,
  async run(args) {
    const { values } = readArgs(args, {
      seed: { type: 'string', default: '6' },
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      date: { type: 'string', default: '2023-11-30' },
      rate: { type: 'string', default: '1' },
      to: { type: 'string' },
      token: { type: 'string' },
      probes: { type: 'boolean', default: false },
      stay: { type: 'boolean', default: false }
    })
    const seed = Number(values.seed)
    const port = Number(values.port)
    const rate = Number(values.rate)
    if (!Number.isInteger(seed)) throw new SocError('cli.usage', '--seed: a whole number')
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new SocError('cli.usage', '--port: 0 to 65535')
    if (!(rate > 0 && rate <= 1_000)) throw new SocError('cli.usage', '--rate: above 0, at most 1000')
    if ((values.to === undefined) !== (values.token === undefined))
      throw new SocError('cli.usage', '--to and --token belong together')
    const log = (line: string) => void process.stderr.write(`${line}\n`)
    const simulator = await createSimulator({
      seed,
      clock: systemClock,
      catalogue: loadInventory(values.date),
      host: values.host,
      rate
    })
    let timer: NodeJS.Timeout | undefined
    try {
      const control = await openControlPage(simulator, port)
      try {
        log(await obey(simulator, 'list'))
        log(`\n${control.url}`)
        if (values.probes) {
          for (const probe of simulator.probes()) process.stdout.write(`${JSON.stringify(probe)}\n`)
        }
        if (values.to !== undefined && values.token !== undefined) {
          const sender = createExchangeSender({
            simulator,
            url: values.to,
            token: values.token,
            clock: systemClock,
            from: systemClock.now(),
            log: log
          })
          timer = setInterval(() => void sender.step(), SEND_EVERY_MS)
        }
        await untilEnd(values.stay, async (line) => {
          if (line.trim() === '') return
          try {
            process.stdout.write(`${await obey(simulator, line)}\n`)
          } catch (error) {
            log(messageOf(error))
          }
        })
      } finally {
        await control.close()
      }
    } finally {
      clearInterval(timer)
      await simulator.stop()
    }
    return 0
  }
}

/** Hands over each line of stdin, in order; resolves at a signal, or at the end of stdin unless told to stay. */
async function untilEnd(stay: boolean, take: (line: string) => Promise<void>): Promise<void> {
  const lines = createInterface({ input: process.stdin })
  const signal = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => undefined)
  const read = (async () => {
    for await (const line of lines) await take(line)
    if (stay || process.stdin.isTTY) await signal
  })()
  await Promise.race([signal, read])
  lines.close()
}

import { hostname, userInfo } from 'node:os'
import { readSettings, type SocConfig } from './settings.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { startSoc, type RunningSoc } from '../main.ts'
import { ensureWeb, webRoot } from '#console/build-web.ts'
import { readArgs, type Command } from './command.ts'
import { npmGone } from './npm-parent.ts'

/**
 * Under npm Ctrl-C comes twice: from the terminal and from npm, which passes it on. Only a signal after this is from a person
 * who does not want to wait.
 */
const SAME_SIGNAL_MS = 1_000
/** After a thread that cannot come back the process ends within this, whatever clients or threads still hold. */
const BROKEN_STOP_MS = 10_000

/** `soc start`: the whole system in this process until SIGINT or SIGTERM. */
export const start: Command = {
  about: 'run Vọng Lâu',
  help: `
Usage: soc start [--no-build] [--new-control]

Runs collectors, detector, store and console. Settings come from the environment (SOC_…) and from the file that SOC_CONFIG
names; .env.example lists them all. The console is built first when it is missing or stale, unless --no-build. A data folder that has lost its control.db is refused,
unless --new-control. SIGINT or SIGTERM stops in order: what was acknowledged is kept.`,
  async run(args) {
    const { values } = readArgs(args, { 'no-build': { type: 'boolean' }, 'new-control': { type: 'boolean' } })
    const config = readSettings(process.env)
    const say = (line: string) => process.stdout.write(`${line}\n`)
    const warn = (line: string) => process.stderr.write(`${line}\n`)
    const started = performance.now()
    // Whoever reads the output may go first: a closed pipe or terminal must not cut the orderly end short.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
    const parentGone = npmGone()
    if (values['no-build'] !== true) await buildConsole(say)
    // Heard from before the first listener opens: a signal that comes while it starts must not cut it short.
    const signalled = Promise.race([parentGone, stopSignal()]).then(() => undefined)
    const soc = await startSoc(config, { webRoot, newControl: values['new-control'] === true, say: warn })
    printWelcome(config, soc, say, performance.now() - started)
    const failed = await Promise.race([signalled, new Promise<string>((resolve) => soc.onFailed(resolve))])
    say(failed === undefined ? 'stopping …' : `stopping: ${failed}`)
    if (failed === undefined) {
      await soc.stop()
      return 0
    }
    // Part of it is broken: an end that does not come in time must not leave a process that listens to nobody.
    setTimeout(() => process.exit(1), BROKEN_STOP_MS).unref()
    await soc.stop()
    throw new SocError('soc.failed', failed)
  }
}

/** Builds the console when it must be; its failure is one line after what the bundler said. */
async function buildConsole(say: (line: string) => void): Promise<void> {
  try {
    await ensureWeb(say)
  } catch (error) {
    throw new SocError('build.failed', messageOf(error), { cause: error })
  }
}

/** Resolves at the first SIGINT or SIGTERM. The same signal later ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      let first: number | undefined
      process.on(signal, () => {
        first ??= performance.now()
        resolve()
        if (performance.now() - first < SAME_SIGNAL_MS) return
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
      })
    }
  })
}

function printWelcome(config: SocConfig, soc: RunningSoc, say: (line: string) => void, tookMs: number) {
  const port = new URL(soc.url).port
  say('')
  say(`Vọng Lâu is listening: ${soc.url}   (${(tookMs / 1000).toFixed(1)} s)`)
  say(`  from another computer:  ssh -L ${port}:127.0.0.1:${port} ${userInfo().username}@${hostname()}`)
  say(`  open to the network:    SOC_CONSOLE_HOST=0.0.0.0 with SOC_TLS_CERT and SOC_TLS_KEY`)
  for (const listener of soc.listeners) say(`  ${listener.protocol.padEnd(11)} ${listener.address}:${listener.port}`)
  if (soc.firstPassword !== undefined) {
    // To the terminal only: a log file or a container's log must never hold it.
    if (process.stdout.isTTY)
      say(
        `\n  first sign-in: ${soc.firstPassword.username} / ${soc.firstPassword.password}   (shown once, to be changed)`
      )
    else
      say(
        `\n  first sign-in: npm run soc -- users reset-password ${soc.firstPassword.username}   (no terminal here to show a password on)`
      )
  }
  if (soc.demonstrationRunning) say('  a demonstration is playing; SOC_DEMO=off or the button in the console ends it')
  if (soc.simulator !== null) say(`  break and mend its simulated systems: ${soc.simulator}`)
  say(`  data folder: ${config.SOC_DATA}`)
  say('')
}

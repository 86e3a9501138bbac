import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { SocError } from '#core/errors.ts'
import { launchBrowser, signInOnPage } from '#testing/console-page.ts'
import type { Benchmark, Figure } from './report.ts'
import { freePorts, signInAsAdmin, temporaryFolder, type RunningFile } from '#testing/running-process.ts'

const root = join(import.meta.dirname, '..')
const TARGET_LISTENING_S = 60
const TARGET_ALERT_S = 120
/** Far beyond the targets, so that a slow machine still gets its figures. */
const INSTALL_TIMEOUT_MS = 600_000
const START_TIMEOUT_MS = 300_000
const ALERT_TIMEOUT_MS = 300_000

/** From a fresh clone to the first alert on a screen, as a stranger would do it. */
export const install: Benchmark = {
  about: 'fresh clone → npm ci → npm start → first alert of the demonstration in a real browser',
  help: `
Usage: soc bench install [--commit HEAD]

Clones this checkout's commit into a temporary folder, runs npm ci and npm start there (free ports, own data folder, console built by the start), signs in with a real
Chromium (CHROMIUM_PATH or the usual places) and waits until the first alert of the demonstration is a row of the queue. The package cache is npm's own: run it twice to measure a warm one.`,
  async run(args, progress) {
    const { values } = parseArgs({ args, options: { commit: { type: 'string', default: 'HEAD' } } })
    const folder = temporaryFolder('install')
    const clone = join(folder, 'clone')
    const data = join(folder, 'data')
    let soc: ChildProcess | undefined
    try {
      const began = performance.now()
      const since = (start: number) => (performance.now() - start) / 1_000
      const { stdout } = await promisify(execFile)('git', ['rev-parse', values.commit], { cwd: root })
      await run('git', ['clone', '--quiet', '--no-checkout', root, clone], folder)
      await run('git', ['checkout', '--quiet', '--detach', stdout.trim()], clone)
      const clonedS = since(began)
      progress(`cloned in ${clonedS.toFixed(1)} s; npm ci …`)

      const installing = performance.now()
      await run('npm', ['ci', '--no-audit', '--no-fund'], clone)
      const installS = since(installing)
      progress(`npm ci took ${installS.toFixed(1)} s; npm start …`)

      const starting = performance.now()
      const started = startAsPeopleDo(clone, data)
      soc = started.child
      const url = await started.listening
      const startS = since(starting)
      progress(`listening on ${url} after ${startS.toFixed(1)} s; signing in …`)

      const account = await signInAsAdmin({ url, data })
      const browser = await launchBrowser()
      try {
        const page = await browser.newPage()
        await signInOnPage(page, { url }, account)
        await page.goto(new URL('/alerts', url).href)
        await page.locator('[data-alert-id]').first().waitFor({ timeout: ALERT_TIMEOUT_MS })
      } finally {
        await browser.close()
      }
      return figures({ clonedS, installS, startS, alertS: since(began) })
    } finally {
      await end(soc)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function figures(seconds: { clonedS: number; installS: number; startS: number; alertS: number }): Figure[] {
  const listening = seconds.clonedS + seconds.installS + seconds.startS
  return [
    { name: 'clone_s', value: seconds.clonedS, unit: 's' },
    { name: 'npm_ci_s', value: seconds.installS, unit: 's' },
    { name: 'start_s', value: seconds.startS, unit: 's' },
    {
      name: 'listening_s',
      value: listening,
      unit: 's since the clone began',
      target: `≤ ${TARGET_LISTENING_S}`,
      reached: listening <= TARGET_LISTENING_S
    },
    {
      name: 'first_alert_s',
      value: seconds.alertS,
      unit: 's since the clone began',
      target: `≤ ${TARGET_ALERT_S}`,
      reached: seconds.alertS <= TARGET_ALERT_S
    }
  ]
}

/** Settings and npm's own variables of this process would change what a stranger sees: only what a shell has is kept. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SOC_|npm_(?!config_)|NODE_|INIT_CWD)/.test(name))
  )
}

async function run(program: string, args: string[], cwd: string): Promise<void> {
  try {
    await promisify(execFile)(program, args, { cwd, env: plainEnvironment(), timeout: INSTALL_TIMEOUT_MS })
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    throw new SocError('bench.install', `${program} ${args[0]} failed:\n${stderr.slice(-4_000)}`, { cause: error })
  }
}

/** `npm start` in the clone with free ports; `listening` gives the console's address. */
function startAsPeopleDo(clone: string, data: string): { child: ChildProcess; listening: Promise<string> } {
  const child = spawn('npm', ['start'], {
    cwd: clone,
    // A group of its own: npm and the process it starts end together.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...plainEnvironment(),
      ...freePorts,
      SOC_DATA: data
    }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => (output = (output + text).slice(-20_000)))
  }
  const file = join(data, 'running.json')
  const listening = (async () => {
    const deadline = performance.now() + START_TIMEOUT_MS
    while (!existsSync(file) || !output.includes('is listening')) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new SocError('bench.install', `npm start did not come to listen:\n${output}`)
      }
      await sleep(25)
    }
    return (JSON.parse(readFileSync(file, 'utf8')) as RunningFile).url
  })()
  return { child, listening }
}

/** SIGTERM to the whole group, and waits; SIGKILL for what does not end. */
async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name)
    } catch {
      // The group has ended already.
    }
  }
  signal('SIGTERM')
  const killer = setTimeout(() => signal('SIGKILL'), 15_000)
  await exit
  clearTimeout(killer)
}

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { realListeners } from '#collector/sources/listeners.ts'
import pino, { type Logger } from 'pino'
import { openConsole } from '#console/server/console.ts'
import { createFirstAdministrator } from '#control/accounts/accounts.ts'
import { controlSide, openControlPlane } from '#control/control-plane.ts'
import { openControl } from '#control/database/control.ts'
import { systemClock } from '#core/clock.ts'
import type { ListenerStatus } from '#core/data-plane.ts'
import { SocError } from '#core/errors.ts'
import { openDemonstration } from '#demonstration/open.ts'
import { startDataPlane } from '#threads/data-plane.ts'
import { createLedgerFile } from '#threads/ledger-file.ts'
import { startProbesPlane } from '#threads/probes-plane.ts'
import { createReadPool } from '#threads/read-pool.ts'
import { consoleParts } from './cli/console-parts.ts'
import { closeToOthers, makeDataFolder } from './cli/data-folder.ts'
import { Failure, Undo } from './cli/life.ts'
import { lockDataFolder } from './cli/lock.ts'
import type { SocConfig } from './cli/settings.ts'

export type RunningSoc = {
  url: string
  listeners: ListenerStatus[]
  /** Only on an empty data folder: shown once. */
  firstPassword: { username: string; password: string } | undefined
  demonstrationRunning: boolean
  /** Page on loopback where the simulated systems of the demonstration are broken and mended; null without them. */
  simulator: string | null
  /** Called when a thread ends that should not: the process must stop. */
  onFailed(listener: (reason: string) => void): void
  stop(): Promise<void>
}

/**
 * The composition root: control plane, data plane, console, demonstration, and stop in the reverse order; also when one of
 * them cannot start, so that a failed start leaves nothing behind.
 */
export async function startSoc(config: SocConfig, options: { webRoot?: string }): Promise<RunningSoc> {
  const undo = new Undo()
  try {
    return await build(config, options, undo)
  } catch (error) {
    await undo.all()
    throw error
  }
}

async function build(config: SocConfig, options: { webRoot?: string }, undo: Undo): Promise<RunningSoc> {
  const missing = config.SOC_RULES.find((folder) => !existsSync(folder))
  if (missing !== undefined) throw new SocError('config.invalid', `SOC_RULES names "${missing}", which does not exist`)
  makeDataFolder(config.SOC_DATA)
  closeToOthers(config.SOC_DATA)
  undo.push(lockDataFolder(config.SOC_DATA), (lock) => lock.release())
  const log = undo.push(openLog(config), (opened) => opened.flush())
  const database = undo.push(openControl(join(config.SOC_DATA, 'control.db')), (opened) => opened.close())
  const fresh = database.sql('SELECT 1 FROM users LIMIT 1').get() === undefined
  const failure = new Failure((reason) => log.fatal({ reason }, 'thread failed'))

  const control = openControlPlane({ config, clock: systemClock, control: database, log })
  const side = controlSide(control, (thread, message) => failure.report(`${thread}: ${message}`))
  const writeLedger = createLedgerFile(config.SOC_DATA)
  control.changes.on({ dataPlane: ({ ledger }) => writeLedger(ledger) })

  const dataPlane = undo.push(await startDataPlane(config, side), (plane) => plane.stop())
  control.begin()
  const probes = undo.push(await startProbesPlane(config, side), (plane) => plane.stop())
  undo.push(control.start({ dataPlane, probes }), (stop) => stop())
  undo.push(control.notifications, (notifications) => notifications.stop())

  const reader = undo.push(createReadPool(config), (pool) => pool.close())
  const demonstration = undo.push(openDemonstration({ control, dataPlane, log }), (opened) => opened.stop())
  const parts = consoleParts({ config, control, dataPlane, reader, demonstration, log }, options.webRoot)
  const { url } = undo.push(await openConsole(control, parts), (console) => console.close())
  const listeners = await dataPlane.open(realListeners(config))
  await demonstration.play({ setting: config.SOC_DEMO, fresh, consoleUrl: url })

  // Near the end: a start that failed before has not used up the one time the password is shown.
  const firstPassword = await createFirstAdministrator(database, systemClock)
  const simulator = demonstration.simulatorUrl()
  const runningFile = undo.push(join(config.SOC_DATA, 'running.json'), (file) => rmSync(file, { force: true }))
  const named = listeners.map(({ id, protocol, port }) => ({ id, protocol, port }))
  writeFileSync(runningFile, JSON.stringify({ pid: process.pid, url, listeners: named, simulator }))
  return {
    ...{ url, listeners, firstPassword, simulator },
    demonstrationRunning: control.demonstration.status()?.running ?? false,
    onFailed: (listener) => failure.hear(listener),
    stop: () => undo.all()
  }
}

/** The process log in the data folder. */
function openLog(config: SocConfig): Logger {
  const destination = pino.destination({ dest: join(config.SOC_DATA, 'soc.log'), mkdir: true, sync: false })
  return pino({ level: config.SOC_LOG_LEVEL }, destination)
}

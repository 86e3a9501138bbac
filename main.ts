import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { realListeners } from '#collector/sources/listeners.ts'
import pino, { type Logger } from 'pino'
import { openConsole } from '#console/server/console.ts'
import { createFirstAdministrator } from '#control/accounts/accounts.ts'
import { controlSide, openControlPlane } from '#control/control-plane.ts'
import { openControl } from '#control/database/control.ts'
import { controlDamaged, isDamaged, needSoundControl } from '#control/database/soundness.ts'
import { systemClock } from '#core/clock.ts'
import type { ListenerStatus } from '#core/data-plane.ts'
import { SocError } from '#core/errors.ts'
import { openDemonstration } from '#demonstration/open.ts'
import { startDataPlane } from '#threads/data-plane.ts'
import { createLedgerFile } from '#threads/ledger-file.ts'
import { startProbesPlane } from '#threads/probes-plane.ts'
import { createReadPool } from '#threads/read-pool.ts'
import { consoleParts } from './cli/console-parts.ts'
import { closeToOthers, makeDataFolder, needControl, needRoom, refusedForRoom } from './cli/data-folder.ts'
import { Failure, Undo } from './cli/life.ts'
import { lockDataFolder } from './cli/lock.ts'
import { LogFile } from './cli/log-file.ts'
import type { SocConfig } from './cli/settings.ts'
import { createStoreLines, sayStorage } from './cli/state-lines.ts'

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

/** `newControl`: begins a control database although older data lies beside. `say`: what the terminal is told while it runs. */
export type StartOptions = { webRoot?: string; newControl?: boolean; say?: (line: string) => void }

/**
 * The composition root: control plane, data plane, console, demonstration, and stop in the reverse order; also when one of
 * them cannot start, so that a failed start leaves nothing behind.
 */
export async function startSoc(config: SocConfig, options: StartOptions): Promise<RunningSoc> {
  const undo = new Undo()
  try {
    return await build(config, options, undo)
  } catch (error) {
    await undo.all()
    // What SQLite says of the control database anywhere in the start is said in one line too.
    if (isDamaged(error)) throw controlDamaged(join(config.SOC_DATA, 'control.db'), error)
    throw refusedForRoom(config.SOC_DATA, error)
  }
}

async function build(config: SocConfig, options: StartOptions, undo: Undo): Promise<RunningSoc> {
  const missing = config.SOC_RULES.find((folder) => !existsSync(folder))
  if (missing !== undefined) throw new SocError('config.invalid', `SOC_RULES names "${missing}", which does not exist`)
  makeDataFolder(config.SOC_DATA)
  needRoom(config.SOC_DATA)
  needControl(config.SOC_DATA, options.newControl === true)
  closeToOthers(config.SOC_DATA)
  undo.push(lockDataFolder(config.SOC_DATA), (lock) => lock.release())
  const logFile = undo.push(new LogFile(join(config.SOC_DATA, 'soc.log')), (opened) => opened.close())
  const log = openLog(config, logFile)
  needSoundControl(join(config.SOC_DATA, 'control.db'))
  const database = undo.push(openControl(join(config.SOC_DATA, 'control.db')), (opened) => opened.close())
  const fresh = database.sql('SELECT 1 FROM users LIMIT 1').get() === undefined
  const failure = new Failure((reason) => log.fatal({ reason }, 'thread failed'))

  const control = openControlPlane({ config, clock: systemClock, control: database, log })
  const side = controlSide(control, (thread, message) => failure.report(`${thread}: ${message}`))
  const writeLedger = createLedgerFile(config.SOC_DATA)
  const say = options.say ?? (() => undefined)
  const storeLines = createStoreLines(log, say)
  sayStorage(database.storage, say)
  control.changes.on({
    dataPlane(state) {
      writeLedger(state.ledger)
      storeLines(state)
    }
  })

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
function openLog(config: SocConfig, file: LogFile): Logger {
  return pino({ level: config.SOC_LOG_LEVEL }, file)
}

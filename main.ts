import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import cron from 'node-cron'
import pino from 'pino'
import { createFirstAdministrator } from '#console/server/accounts/accounts.ts'
import { buildApp } from '#console/server/app.ts'
import { dataPlaneSnapshot } from '#console/server/senders.ts'
import { startServer } from '#console/server/server.ts'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import { lockDataFolder } from '#core/lock.ts'
import { silentAfterMs } from '#core/silence.ts'
import { createAlerts } from '#detector/alerts/alerts.ts'
import { builtInRules, createBuiltIn, LAST_RECEIVED } from '#detector/alerts/built-in.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#store/control/control.ts'
import { startDataPlane } from '#threads/data-plane.ts'
import type { ListenerOrder, ListenerStatus } from '#threads/messages.ts'
import { createReadPool } from '#threads/read-pool.ts'
import { version } from './core/version.ts'
import { makeDataFolder } from './wiring/data-folder.ts'
import { createDemonstration, storyFolder } from './wiring/demonstration.ts'
import { createLedgerFile } from './wiring/ledger-file.ts'
import { createLiveLink } from './wiring/live-link.ts'
import { replayDeadLetters } from './wiring/replay.ts'
import { createRulesPart } from './wiring/rules-part.ts'
import { sourcesStatus } from './wiring/sources-status.ts'
import { createWatch } from './wiring/watch.ts'

const DAY_MS = 86_400_000

export type RunningSoc = {
  url: string
  listeners: ListenerStatus[]
  /** Only on an empty data folder: shown once. */
  firstPassword: { username: string; password: string } | undefined
  demonstrationRunning: boolean
  /** Called when a thread ends that should not: the process must stop. */
  onFailed(listener: (reason: string) => void): void
  stop(): Promise<void>
}

/**
 * The composition root: reads top to bottom, builds the parts, joins them, and stops them in the reverse order; also when
 * one of them cannot start, so that a failed start leaves nothing behind.
 */
export async function startSoc(
  config: Config,
  options: { webRoot?: string; say(line: string): void }
): Promise<RunningSoc> {
  const started: (() => unknown)[] = []
  async function stop() {
    for (const undo of started.splice(0).reverse()) await undo()
  }
  try {
    return await build(config, options, (undo) => void started.push(undo), stop)
  } catch (error) {
    await stop()
    throw error
  }
}

/** Builds everything; `onStop` takes what undoes each part, called in reverse. */
async function build(
  config: Config,
  options: { webRoot?: string; say(line: string): void },
  onStop: (undo: () => unknown) => void,
  stop: () => Promise<void>
): Promise<RunningSoc> {
  const clock = systemClock
  const missing = config.SOC_RULES.find((folder) => !existsSync(folder))
  if (missing !== undefined) throw new SocError('config.invalid', `SOC_RULES names "${missing}", which does not exist`)
  makeDataFolder(config.SOC_DATA)
  const lock = lockDataFolder(config.SOC_DATA)
  onStop(() => lock.release())
  const log = pino(
    { level: config.SOC_LOG_LEVEL },
    pino.destination({ dest: join(config.SOC_DATA, 'soc.log'), mkdir: true, sync: false })
  )
  onStop(() => log.flush())
  const inventory = loadInventory(config.SOC_CATALOGUE_DATE)
  const control = openControl(join(config.SOC_DATA, 'control.db'))
  onStop(() => control.close())
  const fresh = control.sql('SELECT 1 FROM users LIMIT 1').get() === undefined

  // Control plane: alerts and incidents, pushed to the screens as they change.
  const link = createLiveLink()
  const alerts = createAlerts({ control, inventory, clock, onChange: link.changed })
  const builtIn = createBuiltIn(inventory)
  const snapshot = () => dataPlaneSnapshot(control, inventory)
  const watch = createWatch({
    clock,
    silentAfterMs: (origin) => silentAfterMs(config, origin),
    builtIn,
    senders: () => snapshot().senders,
    raise: (fold) => alerts.raise(fold),
    alreadyTold: (fold) => alerts.lastValues(fold.fingerprint)?.[LAST_RECEIVED] === fold.values[LAST_RECEIVED]
  })

  // Data plane: its threads commit through here and are told what they need to know.
  const writeLedger = createLedgerFile(config.SOC_DATA)
  let failure: string | undefined
  let failed: ((reason: string) => void) | undefined
  const dataPlane = await startDataPlane(config, {
    position: (spoolId) => alerts.position(spoolId),
    commit: (batch, spoolId) => alerts.commit(batch, spoolId),
    snapshot,
    notice(notice) {
      log.info({ notice }, 'intake notice')
      link.notice(notice)
      watch.notice(notice)
    },
    changed(state) {
      watch.state(state)
      link.stateChanged()
      writeLedger(state.ledger)
    },
    warned: (thread, message) => log.warn({ thread, message }, 'thread warning'),
    failed(thread, message) {
      log.fatal({ thread, message }, 'thread failed')
      failure ??= `${thread}: ${message}`
      failed?.(failure)
    }
  })

  onStop(() => dataPlane.stop())

  const reader = createReadPool(config)
  onStop(() => reader.close())
  const demonstration = createDemonstration({
    folder: storyFolder,
    control,
    clock,
    dataPlane,
    sendersChanged: () => dataPlane.setSnapshot(snapshot()),
    forget: () => alerts.endDemonstration(),
    told: (message) => log.warn({ message }, 'demonstration')
  })
  const rules = createRulesPart({
    control,
    clock,
    folders: config.SOC_RULES,
    loaded: () => ({ rules: dataPlane.state.rules, loadedAt: dataPlane.state.rulesLoadedAt }),
    builtIn: builtInRules
  })

  // Console.
  const intakePort = (protocol: string) =>
    dataPlane.state.listeners.find((listener) => listener.protocol === protocol && listener.origin === 'real')?.port ??
    0
  const app = await buildApp({
    config,
    clock,
    control,
    inventory,
    alerts,
    search: reader,
    sources: () => sourcesStatus(dataPlane.state, config),
    rules,
    replay: (ids) => replayDeadLetters(ids, { reader, dataPlane, snapshot: snapshot() }),
    demonstration: { status: () => demonstration.status(), end: () => demonstration.end() },
    onSnapshotChanged: (changed) => dataPlane.setSnapshot(changed),
    readiness: () => [
      { name: 'rules', ready: dataPlane.state.rulesLoadedAt > 0, reason: 'rules are still loading' },
      { name: 'store', ready: dataPlane.state.store.away === null, reason: dataPlane.state.store.away?.reason ?? '' },
      { name: 'spool', ready: dataPlane.state.spool.refusal === null, reason: dataPlane.state.spool.refusal ?? '' }
    ],
    intake: () => ({
      host: config.SOC_INTAKE_HOST,
      httpPort: intakePort('http'),
      syslogPort: intakePort('syslog-tcp'),
      tls: config.SOC_TLS_CERT !== ''
    }),
    version,
    ...(options.webRoot === undefined ? {} : { webRoot: options.webRoot }),
    log
  })
  onStop(() => app.close())
  const url = await startServer(app, config)
  link.connect(app.live)
  const listeners = await dataPlane.open(realListeners(config))
  onStop(() => demonstration.stop())
  if (demonstration.wanted(config.SOC_DEMO, fresh)) await demonstration.start()
  else if (config.SOC_DEMO === 'off' && demonstration.status() !== null) await demonstration.end()

  const retention = cron.schedule(
    '10 1 * * *',
    async () => {
      const removed = await dataPlane.expire({ beforeMs: clock.now() - config.SOC_RETENTION_DAYS * DAY_MS })
      if (removed.length > 0) log.info({ removed }, 'retention')
    },
    { timezone: 'Asia/Ho_Chi_Minh' }
  )

  onStop(() => retention.stop())

  // Near the end: a start that failed before has not used up the one time the password is shown.
  const firstPassword = await createFirstAdministrator(control, clock)
  const runningFile = join(config.SOC_DATA, 'running.json')
  onStop(() => rmSync(runningFile, { force: true }))
  writeFileSync(
    runningFile,
    JSON.stringify({
      pid: process.pid,
      url,
      listeners: listeners.map(({ id, protocol, port }) => ({ id, protocol, port }))
    })
  )

  return {
    url,
    listeners,
    firstPassword,
    demonstrationRunning: demonstration.status()?.running ?? false,
    onFailed(listener) {
      failed = listener
      if (failure !== undefined) listener(failure)
    },
    stop
  }
}

function realListeners(config: Config): ListenerOrder[] {
  const host = config.SOC_INTAKE_HOST
  return [
    { id: 'syslog-udp', protocol: 'syslog-udp', host, port: config.SOC_SYSLOG_UDP_PORT, origin: 'real' },
    { id: 'syslog-tcp', protocol: 'syslog-tcp', host, port: config.SOC_SYSLOG_TCP_PORT, origin: 'real' },
    { id: 'http', protocol: 'http', host, port: config.SOC_HTTP_PORT, origin: 'real' }
  ]
}

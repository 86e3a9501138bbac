import { DAY_MS } from '#core/time.ts'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import cron from 'node-cron'
import pino from 'pino'
import { createFirstAdministrator } from '#control/accounts/accounts.ts'
import { buildApp } from '#console/server/app.ts'
import { createCatalogue } from '#control/catalogue/catalogue.ts'
import { countActivity, forgetActivity } from '#control/figures/activity.ts'
import { createNotifications } from '#control/notifications/notifications.ts'
import { dataPlaneSnapshot } from '#control/senders/senders.ts'
import { startServer } from '#console/server/server.ts'
import { createToldOf } from '#control/triage/notified.ts'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import { lockDataFolder } from './cli/lock.ts'
import { silentAfterMs } from '#control/watch/silence.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { builtInRules, createBuiltIn, LAST_RECEIVED } from '#control/triage/life/built-in.ts'
import { openControl } from '#control/database/control.ts'
import { startDataPlane } from '#threads/data-plane.ts'
import type { ListenerOrder, ListenerStatus } from '#core/data-plane.ts'
import { createReadPool } from '#threads/read-pool.ts'
import { createDemonstratedSystems } from './demonstration/demonstrated-systems.ts'
import { version } from './core/version.ts'
import { makeDataFolder } from './cli/data-folder.ts'
import { createDemonstration, storyFolder } from '#demonstration/demonstration.ts'
import { announceHappening, tellAnswer } from '#control/triage/turns.ts'
import { createHealthPlane } from '#control/health/health-plane.ts'
import { createLedgerFile } from '#threads/ledger-file.ts'
import { createLiveLink } from '#console/server/live/live-link.ts'
import { createReplay } from '#threads/replay.ts'
import { createRulesPart } from '#control/rules/rules.ts'
import { sourcesStatus } from '#threads/sources-status.ts'
import { createWatch } from '#control/watch/watch.ts'

/** Reminders and escalations of tasks are due to the second, not to the millisecond. */
const ROUND_MS = 2_000
/** The same simulated day on every machine. */
const DEMONSTRATION_SEED = 45

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
  const control = openControl(join(config.SOC_DATA, 'control.db'))
  onStop(() => control.close())
  const catalogue = createCatalogue({
    control,
    clock,
    date: config.SOC_CATALOGUE_DATE,
    warn: (message) => log.warn({ message }, 'catalogue')
  })
  const { inventory } = catalogue
  let failure: string | undefined
  let failed: ((reason: string) => void) | undefined
  function threadFailed(thread: string, message: string) {
    log.fatal({ thread, message }, 'thread failed')
    failure ??= `${thread}: ${message}`
    failed?.(failure)
  }
  const fresh = control.sql('SELECT 1 FROM users LIMIT 1').get() === undefined

  // Control plane: alerts and incidents, what they make known, and the health of systems; pushed to the screens as they change.
  const link = createLiveLink(() => health.part.wall())
  const notifications = createNotifications({
    control,
    inventory,
    clock,
    config,
    log,
    onAnswered: (subject, by) => tellAnswer(alerts, subject, by)
  })
  const alerts = createAlerts({
    control,
    inventory,
    clock,
    onChange: link.changed,
    within(batch) {
      health.count(batch.exchanges)
      countActivity(control, batch.activity)
    },
    onHappening: (happening) => announceHappening(notifications, happening)
  })
  const builtIn = createBuiltIn(inventory)
  const health = createHealthPlane({
    config,
    control,
    inventory,
    clock,
    alerts,
    onWallChanged: (wall) => link.wall(wall),
    onKeysChanged: () => sendSnapshot(),
    warned: (thread, message) => log.warn({ thread, message }, 'thread warning'),
    failed: threadFailed
  })
  const snapshot = () => ({ ...dataPlaneSnapshot(control, inventory), heartbeats: health.keys() })
  const watch = createWatch({
    clock,
    silentAfterMs: (origin) => silentAfterMs(config, origin),
    builtIn,
    senders: () => dataPlaneSnapshot(control, inventory).senders,
    raise: (fold) => alerts.raise(fold),
    alreadyTold: (fold) => alerts.lastValues(fold.fingerprint)?.[LAST_RECEIVED] === fold.values[LAST_RECEIVED]
  })

  // Data plane: its threads commit through here and are told what they need to know.
  const writeLedger = createLedgerFile(config.SOC_DATA)
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
    heartbeats: health.heartbeats,
    failed: threadFailed
  })
  onStop(() => dataPlane.stop())
  // Of the spool's way alone: whoever changes senders, keys or units has it handed down.
  function sendSnapshot() {
    dataPlane.setSnapshot(snapshot())
  }
  onStop(() => health.stop())
  await health.start()
  catalogue.onChanged(() => {
    health.catalogueChanged()
    sendSnapshot()
  })

  const reader = createReadPool(config)
  onStop(() => reader.close())
  let url = ''
  const told = (message: string) => log.warn({ message }, 'demonstration')
  const demonstratedSystems = createDemonstratedSystems({
    seed: DEMONSTRATION_SEED,
    control,
    clock,
    catalogue,
    health: health.demonstration,
    allow: health.allowDemonstration,
    recheck: health.recheck,
    consoleUrl: () => url,
    told
  })
  const demonstration = createDemonstration({
    folder: storyFolder,
    control,
    clock,
    dataPlane,
    sendersChanged: sendSnapshot,
    async forget() {
      await app.tasks.forget('demonstration')
      alerts.endDemonstration()
      notifications.forget('demonstration')
      app.reports.forget('demonstration')
      forgetActivity(control, 'demonstration')
    },
    systems: demonstratedSystems,
    told
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
    catalogue,
    alerts,
    health: health.part,
    tryProbe: health.tryProbe,
    notifier: notifications,
    notifications,
    toldOf: createToldOf(control, inventory),
    onBreakGlass: (use) => void alerts.raise(builtIn.breakGlass(use)),
    search: reader,
    sources: () => sourcesStatus(dataPlane.state, config),
    rules,
    replay: createReplay({ reader, dataPlane, snapshot }),
    demonstration: { status: () => demonstration.status(), end: () => demonstration.end() },
    onSnapshotChanged: sendSnapshot,
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
  url = await startServer(app, config)
  link.connect(app.live)
  notifications.start()
  onStop(() => notifications.stop())
  const rounds = setInterval(() => tidily(log, 'round', () => app.tasks.tick()), ROUND_MS)
  onStop(() => clearInterval(rounds))
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
  // Every minute asks what is due, so that a report missed while the process was down is made up.
  const reports = cron.schedule('* * * * *', () => app.reports.tick(), { timezone: 'Asia/Ho_Chi_Minh' })
  onStop(() => reports.stop())

  // Near the end: a start that failed before has not used up the one time the password is shown.
  const firstPassword = await createFirstAdministrator(control, clock)
  const simulator = demonstratedSystems.running()?.controlUrl ?? null
  const runningFile = join(config.SOC_DATA, 'running.json')
  onStop(() => rmSync(runningFile, { force: true }))
  writeFileSync(
    runningFile,
    JSON.stringify({
      pid: process.pid,
      url,
      listeners: listeners.map(({ id, protocol, port }) => ({ id, protocol, port })),
      simulator
    })
  )

  return {
    url,
    listeners,
    firstPassword,
    demonstrationRunning: demonstration.status()?.running ?? false,
    simulator,
    onFailed(listener) {
      failed = listener
      if (failure !== undefined) listener(failure)
    },
    stop
  }
}

/** Runs periodic work whose failure is told and does not end the process: the next round tries again. */
function tidily(log: { error(what: object, message: string): void }, what: string, work: () => unknown) {
  try {
    work()
  } catch (error) {
    log.error({ err: error }, what)
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

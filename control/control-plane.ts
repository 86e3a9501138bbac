import type { DataPlane, ControlSide, DataPlaneState } from '#core/data-plane.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { Origin } from '#core/origin.ts'
import type { ProbesControlSide, ProbesPlane } from '#core/probes-plane.ts'
import { DAY_MS } from '#core/time.ts'
import { createAccounts } from './accounts/services.ts'
import { createCatalogue } from './catalogue/catalogue.ts'
import { Changes } from './changes.ts'
import type { Control } from './database/control.ts'
import { createDemonstrationRecord } from './demonstration.ts'
import { countActivity, forgetActivity } from './figures/activity.ts'
import { shownOrigin } from './figures/origin.ts'
import { createFiguresReader } from './figures/reader.ts'
import { createHealthPlane } from './health/health-plane.ts'
import { createNotifications, type NotificationsParts } from './notifications/notifications.ts'
import { createShiftChange } from './notifications/shift-change.ts'
import { createReports } from './reports/reports.ts'
import { createRules } from './rules/rules.ts'
import { countSent, forgetSent } from './senders/feeds.ts'
import { createSenders, dataPlaneSnapshot } from './senders/senders.ts'
import { createTokens, type Tokens } from './senders/tokens.ts'
import { createTasks } from './tasks/tasks.ts'
import { startJobs, type Job } from './timers.ts'
import { createAlerts } from './triage/alerts.ts'
import { builtInRules, createBuiltIn, LAST_RECEIVED } from './triage/life/built-in.ts'
import { handOver } from './triage/handover.ts'
import { createNotifiedOf } from './triage/notified.ts'
import { outageSystemsOf } from './triage/outage-systems.ts'
import { announceTurn, tellAnswer } from './triage/turns.ts'
import { silentAfterMs } from './watch/silence.ts'
import { createWatch } from './watch/watch.ts'

export type Log = {
  info(what: object, message: string): void
  warn(what: object, message: string): void
  error(what: object, message: string): void
}
export type ControlPlaneParts = {
  config: Config
  clock: Clock
  /** Open; whoever opened it closes it after this plane has stopped. */
  control: Control
  log: Log
  /** For tests and drills: channels and keys instead of the settings' own. */
  notifications?: Pick<NotificationsParts, 'drivers' | 'keys' | 'random'>
}
/** The break-glass account was opened, from this address and for this reason. */
export type BreakGlassUse = { at: number; userId: string; username: string; address: string; reason: string }
export type ControlPlane = ReturnType<typeof openControlPlane>

/**
 * Opens everything that commits to the control database: alerts and incidents, health, notifications, tasks, reports,
 * accounts, senders. Nothing runs by itself until `start`; what a part makes known goes through `changes`.
 */
export function openControlPlane(parts: ControlPlaneParts) {
  const { config, clock, control, log } = parts
  const changes = new Changes()
  control.storage.onChanged((away) => {
    if (away === undefined) log.info({}, 'the control database takes writes again')
    else log.error({ reason: away.reason }, 'the control database cannot be written')
  })
  const catalogue = createCatalogue({
    ...{ control, clock, date: config.SOC_CATALOGUE_DATE },
    warn: (message) => log.warn({ message }, 'catalogue')
  })
  const { inventory } = catalogue
  const base = { config, control, clock, inventory }

  const accounts = createAccounts(base)
  const senders = createSenders(control, inventory, clock)
  const tokens = createTokens(control, clock)
  changes.on({ dataPlane: ({ tokensUsed }) => tokens.used(tokensUsed) })
  const notifications = createNotifications({
    ...{ ...base, log, ...parts.notifications },
    onChanged: (row) => changes.emit('notification', row),
    onAnswered: (subject, by) => changes.emit('answered', subject, by),
    pausedUntil: (subject, of) =>
      of === 'canary' ? null : health.of(of).maintainedUntil(outageSystemsOf(control, subject))
  })
  const alerts = createAlerts({
    ...base,
    onChange: (changed) => changes.emit('triage', changed),
    within: (batch) => changes.emit('batch', batch),
    onTurn: (turn) => changes.emit('turn', turn)
  })
  const shiftChange = createShiftChange({
    ...{ control, clock, roster: notifications.roster },
    began: (shift) => handOver({ alerts, notifier: notifications }, shift)
  })
  const builtIn = createBuiltIn(inventory)
  const health = createHealthPlane({
    ...{ ...base, alerts },
    onWallChanged: (wall) => changes.emit('wall', wall),
    onKeysChanged: () => changes.emit('snapshot')
  })
  const tasks = createTasks({
    ...{ ...base, alerts, notifier: notifications },
    changed: (row) => changes.emit('task', row),
    warn: (message) => log.warn({ message }, 'advice')
  })
  const demonstration = createDemonstrationRecord(control)
  const origin = () => shownOrigin(control, demonstration)
  const figures = createFiguresReader({
    ...{ control, inventory, clock, health },
    silentAfterMs: (origin) => silentAfterMs(config, origin)
  })
  const reports = createReports({
    ...{ control, inventory, clock, figures, notifier: notifications, log, origin },
    dataFolder: config.SOC_DATA
  })
  const watch = createWatch({
    ...{ clock, builtIn },
    silentAfterMs: (sender) => silentAfterMs(config, sender),
    senders: () => dataPlaneSnapshot(control, inventory).senders,
    raise: (fold) => alerts.raise(fold),
    warn: (loss) => log.error({ ...loss }, 'the store holds less than was stored'),
    alreadyTold: (fold) => alerts.lastValues(fold.fingerprint)?.[LAST_RECEIVED] === fold.values[LAST_RECEIVED]
  })
  let dataPlane: DataPlane | undefined
  const rules = createRules({
    ...{ control, clock, folders: config.SOC_RULES, builtIn: builtInRules },
    loaded: () => ({ rules: dataPlane?.state.rules ?? [], loadedAt: dataPlane?.state.rulesLoadedAt ?? 0 })
  })

  changes.on({
    batch(batch) {
      health.count(batch.exchanges)
      countActivity(control, batch.activity)
      countSent(control, batch.sent)
    },
    turn: (turn) => announceTurn(notifications, turn),
    notification: (row) => tasks.heard(row),
    answered: (subject, by) => tellAnswer(alerts, subject, by),
    snapshot: () => dataPlane?.setSnapshot(snapshot()),
    // Nobody waits for these: what the volume refuses is said again with the next notice or status.
    notice: (notice) => void control.storage.write(() => watch.notice(notice)),
    dataPlane: (state) => void control.storage.write(() => watch.state(state))
  })
  catalogue.onChanged(() => {
    health.reload()
    changes.emit('snapshot')
  })

  const snapshot = () => ({ ...dataPlaneSnapshot(control, inventory), heartbeats: health.heartbeatKeys() })

  return {
    ...{ config, clock, control, log, changes, catalogue, inventory, ...accounts, senders, tokens },
    ...{ alerts, builtIn, health, notifications, tasks, figures, reports, rules, demonstration },
    /** Whom an outage was announced to; see triage/notified.ts. */
    notifiedOf: createNotifiedOf(control, inventory),
    snapshot,
    /** Tells the platform's own alarm that the break-glass account was opened; called after the commit. */
    breakGlassUsed: (use: BreakGlassUse) => void alerts.raise(builtIn.breakGlass(use)),
    /** Figures and reports speak of this origin. */
    shownOrigin: origin,
    /** The data plane's own word of itself; undefined before `start`. */
    state: (): DataPlaneState | undefined => dataPlane?.state,

    /** Begins the engines' clocks; before the first result is taken. */
    begin: () => health.start(),

    /** Joins the planes and starts what time makes due. Returns what stops it. */
    start(planes: { dataPlane: DataPlane; probes: ProbesPlane }): () => void {
      dataPlane = planes.dataPlane
      health.attach(planes.probes)
      notifications.start()
      const stopJobs = startJobs(
        jobsOf({ ...base, tokens, changes, tasks, notifications, shiftChange, reports, health, dataPlane, log }),
        log
      )
      return () => {
        stopJobs()
        dataPlane = undefined
      }
    },

    /** Deletes what an origin left behind, in the order in which the parts lean on each other: the end of a demonstration. */
    async forget(ended: Extract<Origin, 'demonstration'>) {
      await tasks.forget(ended)
      alerts.endDemonstration()
      notifications.forget(ended)
      reports.forget(ended)
      forgetActivity(control, ended)
      forgetSent(control, ended)
    }
  }
}

/** What time makes due in the control plane: the one table of it. */
function jobsOf(parts: {
  config: Config
  control: Control
  clock: Clock
  tokens: Pick<Tokens, 'endExpired'>
  changes: Changes
  tasks: { tick(): unknown }
  notifications: { tick(): unknown }
  shiftChange: { tick(): unknown }
  reports: { tick(): unknown }
  health: { tick(): unknown }
  dataPlane: DataPlane
  log: Log
}): Job[] {
  const { config, clock, dataPlane, log } = parts
  return [
    {
      name: 'retention of events',
      cron: '10 1 * * *',
      async run() {
        const removed = await dataPlane.expire({ beforeMs: clock.now() - config.SOC_RETENTION_DAYS * DAY_MS })
        if (removed.length > 0) log.info({ removed }, 'retention')
      }
    },
    // Asks every minute what is due, so that a report missed while the process was down is made up.
    { name: 'reports', cron: '* * * * *', run: () => parts.reports.tick() },
    {
      name: 'tokens',
      everyMs: 60_000,
      run() {
        if (parts.tokens.endExpired() > 0) parts.changes.emit('snapshot')
      }
    },
    // Reminders and escalations are due to the second, not to the millisecond.
    { name: 'tasks', everyMs: 2_000, run: () => parts.tasks.tick() },
    // Escalations, retries and receipts have no other clock; a new row wakes the outbox at once.
    { name: 'notifications', everyMs: 1_000, run: () => parts.notifications.tick() },
    { name: 'shift change', everyMs: 5_000, run: () => parts.shiftChange.tick() },
    { name: 'health', everyMs: 250, run: () => parts.health.tick() },
    // The one that goes on while nothing can be written: it finds out when there is room again.
    { name: 'storage', everyMs: 1_000, always: true, run: () => parts.control.storage.look() }
  ]
}

/** What the data plane's threads ask of the control plane, and where they tell how they are. */
export function controlSide(
  plane: ControlPlane,
  failed: (thread: string, message: string) => void
): ControlSide & ProbesControlSide {
  const { alerts, health, changes, log } = plane
  return {
    position: (spoolId) => alerts.position(spoolId),
    commit: (batch, spoolId) => void alerts.commit(batch, spoolId),
    snapshot: plane.snapshot,
    notice(notice) {
      log.info({ notice }, 'intake notice')
      changes.emit('notice', notice)
    },
    changed: (state) => changes.emit('dataPlane', state),
    warned: (thread, message) => log.warn({ thread, message }, 'thread warning'),
    heartbeats: (results) => health.take(results),
    results: (results) => health.take(results),
    failed
  }
}

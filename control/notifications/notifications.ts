import type { ChannelList, NotificationRow } from '#core/api/notifications.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { Origin } from '#core/origin.ts'
import type { ChannelName, Notifier } from '#core/notification.ts'
import type { Inventory } from '#province/inventory.ts'
import { createKeyFile, type KeyFile } from '#control/accounts/key-file.ts'
import type { Control } from '#control/database/control.ts'
import { Acts } from './acts.ts'
import { Announcing } from './announce.ts'
import { channelList } from './channel-health.ts'
import { createDrivers } from './channel-lists.ts'
import { createChannelState } from './channel-state.ts'
import { channels } from './channels/index.ts'
import { Claim } from './claim.ts'
import { Digests } from './digest.ts'
import type { Driver, ReceiptCall } from './driver.ts'
import { hookKeyOf, takeReceipts } from './hooks.ts'
import { Notify } from './notify.ts'
import { Outbox } from './outbox.ts'
import { createPeople } from './people.ts'
import { createPolicies } from './policy.ts'
import { Reach } from './reach.ts'
import { createReceipts } from './receipts.ts'
import { createDirectory } from './recipients.ts'
import { Roster } from './roster.ts'
import { Rounds } from './round.ts'
import { createSecretLinks } from './secret-links.ts'
import { senderOf } from './sender.ts'
import { StormGuard } from './storm.ts'
import { Subjects } from './subjects.ts'
import { OutboxTimer } from './timer.ts'
import { Views } from './views.ts'

/** Rows pushed to the screens for one commit; in a storm the rest is there when the page asks. */
const MAX_PUSHED = 200

export type NotificationsParts = {
  control: Control
  inventory: Inventory
  clock: Clock
  config: Config
  /** 0 ≤ x < 1, for jitter. */
  random?: () => number
  log?: { warn(values: object, message: string): void; error(values: object, message: string): void }
  /** A message's fate changed; called after the commit. */
  onChanged?(row: NotificationRow): void
  /** Somebody answered in a chat: the subject is acknowledged already. `by` is the recipient's name. */
  onAnswered?(subject: string, by: string): void
  /** Until when the escalation of a subject rests, because its system is being worked on as planned; null when it goes on. */
  pausedUntil?(subject: string, origin: Origin): number | null
  /** Instead of the key in the data folder; for tests. */
  keys?: Pick<KeyFile, 'seal' | 'open'>
  /** Instead of the channels that the settings make; for tests and drills. */
  drivers?: Driver[]
}

/** Notifications: the outbox, its channels, whom to tell and when. One for the process, on the control database. */
export function createNotifications(parts: NotificationsParts) {
  const { control, inventory, clock, config } = parts
  const sender = (origin: Origin) => senderOf(config, origin)
  const hookKey = hookKeyOf(control)
  const list = parts.drivers ?? createDrivers(config, clock, hookKey)
  const drivers = new Map<ChannelName, Driver>(list.map((driver) => [driver.channel, driver]))
  const links = createSecretLinks(parts.keys ?? createKeyFile(config.SOC_DATA))
  const views = new Views({ control, inventory, sender, links })
  const listeners: ((row: NotificationRow) => void)[] = parts.onChanged === undefined ? [] : [parts.onChanged]
  const outbox = new Outbox(control, clock, (ids) => {
    timer.wake()
    if (listeners.length === 0) return
    for (const row of views.rows(ids.slice(-MAX_PUSHED))) for (const listener of listeners) listener(row)
  })

  // Whom to tell, and when.
  const roster = new Roster(control)
  const policies = createPolicies(control)
  const reach = new Reach(control, drivers)
  const subjects = new Subjects(control, clock, outbox)
  const directory = createDirectory({ control, inventory, roster })
  const notify = new Notify({ control, clock, outbox, directory, policies, reach })
  const groupAddresses = new Map(channels.map(({ name, group }) => [name, group?.address(config) ?? '']))
  const shared = { sender, control, clock, outbox, policies, links, reach, notify }
  const announcing = new Announcing({ ...shared, subjects, groupAddresses })
  const notifier: Notifier = {
    announce: (announcement) => void announcing.announce(announcement),
    acknowledge: (subject, by) => subjects.acknowledge(subject, by),
    forget: (origin) => subjects.forget(origin)
  }

  // The way from the outbox to the channels and back.
  const state = createChannelState(control, clock)
  const storm = new StormGuard(control, clock)
  const digests = new Digests(control, clock, outbox)
  const claim = new Claim({ ...shared, state, storm, digests, drivers })
  const rounds = new Rounds({
    ...shared,
    state,
    storm,
    digests,
    drivers,
    claim,
    usable: claim.usable,
    pausedUntil: parts.pausedUntil ?? (() => null),
    random: parts.random ?? Math.random,
    alarm: notifier.announce,
    failed: (error) => parts.log?.error({ err: error }, 'notification channel')
  })
  const timer = new OutboxTimer(control, clock, rounds, (error) =>
    parts.log?.error({ err: error }, 'notification outbox')
  )
  const receipts = createReceipts({
    control,
    outbox,
    usable: claim.usable,
    replied(subject, by) {
      notifier.acknowledge(subject, by)
      control.afterCommit(() => parts.onAnswered?.(subject, by))
    }
  })
  const acts = new Acts({ ...shared, config, views })

  return {
    ...notifier,
    /** Hears of every change of a message's fate, after its commit. */
    onChanged: (listener: (row: NotificationRow) => void) => void listeners.push(listener),
    /** Takes up what a crash left and begins to send. */
    start: () => timer.start(),
    /** Sends what is due; the table of timers calls it every second between `start` and `stop`. */
    tick: () => timer.tick(),
    async stop(): Promise<void> {
      await timer.stop()
      for (const driver of list) driver.close?.()
    },
    /** Everything that is due now is sent before this resolves: for tests and drills, without `start`. */
    drain: () => rounds.drain(),
    recover: () => rounds.recover(),
    views,
    roster,
    policies,
    people: createPeople(control),
    channelHealth: (withKeys: boolean): ChannelList =>
      channelList(withKeys, { control, clock, config, state, drivers }),
    /** Real messages to units that wait for a setting of the server. */
    unsentForSettings: (): number =>
      control.single<{ n: number }>(
        `SELECT count(*) AS n FROM notifications WHERE status = 'deferred' AND code LIKE 'setting.%'`
      ).n,
    /** Sends one test message, at once. Throws 422 when the channel has no settings or the address is none of its kind. */
    test: (channel: ChannelName, to: string, by: string) => acts.test(channel, to, by),
    /** Sends a message once more, as a new one with an id of its own. Throws 409 when it is on its way already. */
    resend: (id: number) => acts.resend(id),
    /** Stops a message that has not gone out. Throws 409 otherwise. */
    cancel: (id: number) => acts.cancel(id),
    /** A provider's call: `unknown` when it is not signed by one of ours; else how many messages changed. */
    providerReceipt: (channel: ChannelName, call: Omit<ReceiptCall, 'now'>) =>
      takeReceipts(channel, call, { clock, drivers, receipts })
  }
}

export type Notifications = ReturnType<typeof createNotifications>

import { UNASSIGNED } from '#core/frame.ts'
import type { Clock } from '#core/clock.ts'
import type { MatchFold } from '#core/match.ts'
import type { StoreLoss } from '#core/ledger.ts'
import type { Origin } from '#core/origin.ts'
import type { Sender } from '#core/sender.ts'
import type { DataPlaneState, IntakeNotice } from '#core/data-plane.ts'
import type { BuiltIn } from '#control/triage/life/built-in.ts'

/** A store that is away for less than this is a hiccup, not an alert. */
const STORE_AWAY_AFTER_MS = 15_000
/** Matches that are held back for less than this are a hiccup too. */
const HELD_AFTER_MS = 15_000
/** A backlog below this is worked off in seconds. */
const FLOOD_FRAMES = 20_000
/** A sender is told of as flooding again after this. */
const FLOOD_QUIET_MS = 60 * 60_000
/** An imbalance must be seen this many times in a row: two statuses may be read at different moments. */
const IMBALANCE_SEEN = 4
const SILENCE_CHECK_MS = 5_000

/** The watchman over our own senses: turns what the data plane says of itself into built-in alerts, once per occurrence. */
export function createWatch(parts: {
  clock: Clock
  silentAfterMs(origin: Origin): number
  builtIn: BuiltIn
  senders(): Sender[]
  raise(fold: MatchFold): void
  /** Writes a line of the process log. */
  warn(loss: StoreLoss): void
  /** True when the newest alert of this fingerprint tells of this very silence: it was raised before a restart. */
  alreadyTold(fold: MatchFold): boolean
}) {
  const { clock, builtIn, raise } = parts
  /** Senders whose silence has been told; bounded by the number of senders. */
  const silent = new Set<string>()
  const startedAt = clock.now()
  /** Losses that were told; bounded by the days that are kept. */
  const lossesTold = new Set<string>()
  let storeTold = false
  /** Ends of each thread that have been told; as many as there are threads. */
  const endsTold = new Map<string, number>()
  let heldSince: number | undefined
  let heldTold = false
  /** When each sender was last told of as flooding; bounded by the number of senders. */
  const floodTold = new Map<string, number>()
  let imbalances = 0
  let imbalanceTold = false
  let lastSilenceCheck = 0

  /** Names the sender that most of the backlog comes from. The store's own absence makes a backlog that is nobody's. */
  function checkFlood(state: DataPlaneState, now: number) {
    if (state.store.away !== null || state.detector.held !== null || !state.ledger?.rows.length) return
    if (state.spool.end - 1 - state.detector.position < FLOOD_FRAMES) return
    const { rows } = state.ledger
    const waiting = rows.reduce((sum, row) => sum + row.queued, 0)
    const most = rows.reduce((one, other) => (other.queued > one.queued ? other : one))
    if (most.queued * 2 < waiting || most.queued < FLOOD_FRAMES) return
    const key = `${most.origin} ${most.sender}`
    if (now - (floodTold.get(key) ?? -Infinity) < FLOOD_QUIET_MS) return
    floodTold.set(key, now)
    const { name, unit } = parts.senders().find(({ id }) => id === most.sender) ?? {
      name: most.sender,
      unit: UNASSIGNED
    }
    raise(
      builtIn.floodingSender({ at: now, sender: most.sender, name, unit, origin: most.origin, waiting: most.queued })
    )
  }

  function checkSilence(state: DataPlaneState) {
    const now = clock.now()
    if (now - lastSilenceCheck < SILENCE_CHECK_MS || state.ledger === undefined) return
    lastSilenceCheck = now
    const lastOf = new Map(state.ledger.rows.map((row) => [row.sender, row.lastReceivedAt]))
    for (const sender of parts.senders()) {
      const last = lastOf.get(sender.id) ?? 0
      const limit = parts.silentAfterMs(sender.origin)
      // A sender that never spoke is not silent: it is shown as never heard.
      // Our own downtime is not the sender's silence: the clock runs from our start.
      const isSilent = sender.enabled && last > 0 && now - Math.max(last, startedAt) > limit
      if (!isSilent) silent.delete(sender.id)
      else if (!silent.has(sender.id)) {
        const { id, name, unit, origin } = sender
        const fold = builtIn.silentSource({ at: now, sender: id, name, unit, origin, lastReceivedAt: last })
        if (!parts.alreadyTold(fold)) raise(fold)
        // After it was raised: what could not be written is told next time.
        silent.add(sender.id)
      }
    }
  }

  return {
    notice(notice: IntakeNotice) {
      if (notice.kind === 'unknown_sender') raise(builtIn.unknownSender(notice))
      if (notice.kind === 'wrong_token') raise(builtIn.wrongToken(notice))
      if (notice.kind === 'door_held') raise(builtIn.doorHeld(notice))
      if (notice.kind === 'refused_write') raise(builtIn.refusedWrite(notice))
      if (notice.kind === 'disk_guard') raise(builtIn.diskGuard(notice))
    },

    state(state: DataPlaneState) {
      const now = clock.now()
      const { away } = state.store
      if (away === null) storeTold = false
      else if (!storeTold && now - away.since > STORE_AWAY_AFTER_MS) {
        raise(builtIn.storeAway({ at: now, since: away.since, reason: away.reason }))
        storeTold = true
      }
      for (const { thread, count, reason } of state.restarts) {
        if (count === (endsTold.get(thread) ?? 0)) continue
        endsTold.set(thread, count)
        raise(builtIn.threadEnded({ at: now, thread, reason }))
      }
      const { held } = state.detector
      if (held === null) {
        heldSince = undefined
        heldTold = false
      } else if (!heldTold && now - (heldSince ??= now) > HELD_AFTER_MS) {
        // Where nothing can be committed this cannot be either: it is raised again until it is.
        raise(builtIn.matchesHeld({ at: now, reason: held }))
        heldTold = true
      }
      if (state.ledger !== undefined) {
        imbalances = state.ledger.balanced ? 0 : imbalances + 1
        if (imbalances === 0) imbalanceTold = false
        else if (imbalances >= IMBALANCE_SEEN && !imbalanceTold) {
          raise(builtIn.ledgerImbalance({ at: now, detail: state.ledger.imbalance }))
          imbalanceTold = true
        }
      }
      for (const loss of state.store.losses) {
        const key = `${loss.file} ${loss.kept} ${loss.stored} ${loss.found}`
        if (lossesTold.has(key)) continue
        const fold = builtIn.storeLoss(loss)
        if (!parts.alreadyTold(fold)) raise(fold)
        parts.warn(loss)
        lossesTold.add(key)
      }
      checkFlood(state, now)
      checkSilence(state)
    }
  }
}

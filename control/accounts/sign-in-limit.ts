import type { Clock } from '#core/clock.ts'
import { callerOf } from '#core/network.ts'
import { HOUR_MS } from '#core/time.ts'

/** Free tries before the first wait; then the wait doubles from one second up to the ceiling. */
const pair = { free: 5, longestMs: 60_000 }
/** Tries on one account from everywhere; addresses that it signed in from before are spared, or anybody could lock anybody out. */
const account = { free: 5, longestMs: 60_000 }
// One address may stand for a whole office, so it gets more tries and then a longer wait.
const address = { free: 20, longestMs: 15 * 60_000 }
/** Failures are forgotten after this much quiet. */
const FORGET_MS = HOUR_MS
/** Names remembered per kind. At the ceiling the one quiet for longest is forgotten; the address limit slows whoever floods. */
const MAX_REMEMBERED = 10_000

type Tries = { failures: number; last: number }

const pairOf = (address: string, username: string) => `${address}\0${username}`

/**
 * Growing delays for sign-ins. A device in which the account has signed in before is held by its own tries alone: nobody
 * locks a person out of the own desk. An address from which it has signed in is held by its own tries on this account.
 * Strangers are held per account and address, per address, and per account from everywhere. IPv6 counts by /64.
 */
export type SignInLimit = {
  /** Milliseconds to wait before this try may be judged; 0 means it counts as begun now. `device`: known for this account. */
  begin(address: string, username: string, device?: string): number
  /** The try was good: its account starts afresh, and the address gets this try back. */
  succeeded(address: string, username: string, device?: string): void
  /** The address gets one more try back: the password before a good second step. */
  giveBack(address: string): void
}

/**
 * A try is counted when it begins, not when it fails, so that many tries at once gain nothing. Memory only: a restart
 * forgives, and it takes longer than the delays it would save.
 */
export function createSignInLimit(
  clock: Clock,
  /** Whether the account has signed in from this address before. */
  known: (username: string, address: string) => boolean = () => false
): SignInLimit {
  const byPair = new Map<string, Tries>()
  const byAccount = new Map<string, Tries>()
  const byAddress = new Map<string, Tries>()

  function waitOf(tries: Tries | undefined, limit: { free: number; longestMs: number }): number {
    if (tries === undefined || tries.failures < limit.free) return 0
    const delay = Math.min(limit.longestMs, 1000 * 2 ** Math.min(30, tries.failures - limit.free))
    return Math.max(0, tries.last + delay - clock.now())
  }
  function count(map: Map<string, Tries>, key: string) {
    const known = map.get(key)
    const fresh = known === undefined || clock.now() - known.last > FORGET_MS
    map.delete(key)
    if (map.size >= MAX_REMEMBERED) map.delete(map.keys().next().value!)
    map.set(key, { failures: fresh ? 1 : known.failures + 1, last: clock.now() })
  }

  function giveBack(from: string) {
    const tries = byAddress.get(callerOf(from))
    if (tries !== undefined && tries.failures > 0) tries.failures--
  }
  const placeOf = (from: string, device: string | undefined) =>
    device === undefined ? callerOf(from) : `device ${device}`

  return {
    begin(from, username, device) {
      const own = pairOf(placeOf(from, device), username)
      const stranger = device === undefined && !known(username, from)
      const wait = Math.max(
        waitOf(byPair.get(own), pair),
        stranger ? waitOf(byAccount.get(username), account) : 0,
        stranger ? waitOf(byAddress.get(callerOf(from)), address) : 0
      )
      if (wait > 0) return wait
      count(byPair, own)
      if (stranger) {
        count(byAccount, username)
        count(byAddress, callerOf(from))
      }
      return 0
    },
    succeeded(from, username, device) {
      byPair.delete(pairOf(placeOf(from, device), username))
      // Whoever knows the password is no stranger here: what was mistyped before, without the device's cookie, is forgiven.
      byPair.delete(pairOf(callerOf(from), username))
      byAccount.delete(username)
      if (device === undefined) giveBack(from)
    },
    giveBack
  }
}

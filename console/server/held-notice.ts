import type { Changes } from '#control/changes.ts'
import type { Clock } from '#core/clock.ts'
import { callerOf } from '#core/network.ts'

/** One address is told of once in this time. */
const TOLD_MS = 3_600_000
/** Addresses remembered as told; at the ceiling the memory starts anew, and one may be told of twice. */
const MAX_TOLD = 1_000

/** Tells that somebody at this address holds the whole share of a door of the console. */
export function heldNotice({ changes, clock }: { changes: Changes; clock: Clock }) {
  const told = new Map<string, number>()
  return (address: string, count: number) => {
    const [caller, at] = [callerOf(address), clock.now()]
    if (at - (told.get(caller) ?? -Infinity) < TOLD_MS) return
    if (told.size >= MAX_TOLD) told.clear()
    told.set(caller, at)
    const peer = address.includes(':') ? `[${address}]:0` : `${address}:0`
    changes.emit('notice', { kind: 'door_held', at, origin: 'real', sender: '', peer, listener: 'console', count })
  }
}

import { doorSize } from '#core/descriptors.ts'
import { Door, type DoorLimits } from '#core/door.ts'
import { UNASSIGNED } from '#core/frame.ts'
import { peerName, type ListenerContext } from './source.ts'

/** Connections of one listener; 175 units with a few relays each need far fewer. And its share of what may be open. */
const MAX_CONNECTIONS = 2_048
const DESCRIPTOR_SHARE = 0.2
/** The listeners of the demonstration hear only the demonstration. */
const MAX_PINNED = 64

/**
 * Three quarters of the places are for senders that are known, a quarter of those for one sender; the rest is for strangers, half
 * of it for one address. `idleMs` is long: a quiet unit stays connected, since what it writes first into a connection
 * that we closed is lost.
 */
export function intakeLimits(context: ListenerContext, idleMs: DoorLimits['idleMs']): DoorLimits {
  const most = doorSize(context.pinned ? MAX_PINNED : MAX_CONNECTIONS, DESCRIPTOR_SHARE)
  const strangers = Math.ceil(most / 4)
  return {
    known: { most: most - strangers, perCaller: context.pinned ? most : Math.ceil(most / 4) },
    strangers: { most: strangers, perCaller: Math.ceil(strangers / 2) },
    ...(idleMs && { idleMs })
  }
}

/** The door of a listener: turned away is counted, and who holds its whole share is told of. */
export function intakeDoor(context: ListenerContext, limits: DoorLimits): Door {
  return new Door({
    limits,

    onRefused: () => context.refused('connections'),
    onHeld: (caller, address) => {
      // Behind a pinned listener there is one caller, who may hold all of it.
      if (context.pinned) return
      const sender = caller.startsWith('sender ') ? caller.slice('sender '.length) : undefined
      const identity = sender === undefined ? context.identify(address) : { sender, unit: UNASSIGNED }
      const count = limits[sender === undefined ? 'strangers' : 'known'].perCaller
      context.notice('door_held', identity, peerName(address, 0), { count })
    }
  })
}

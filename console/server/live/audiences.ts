import type { Socket } from 'socket.io'
import type { Clock } from '#core/clock.ts'
import type { LiveEvents, LiveRequests } from '#core/live.ts'
import type { Assignment } from '#control/accounts/grants.ts'
import type { Viewer } from '#control/accounts/sessions.ts'
import { access } from '#control/rights/authorisation.ts'
import { standingFor, type Standing } from '#control/rights/standing.ts'
import type { Inventory } from '#province/inventory.ts'

export type SocketData = { session: string; user: string; audience: string }
export type LiveSocket = Socket<LiveRequests, LiveEvents, Record<string, never>, SocketData>

/** Everyone who may see the same: one role class and one set of units. All of them share a room and its payloads. */
export type Audience = {
  room: string
  assignments: readonly Assignment[]
  /** When the rights change by themselves: from then on nothing is sent, and the sockets come back with the new ones. */
  until: number
  standings: Map<string, Standing | undefined>
  sockets: Set<LiveSocket>
}

/** Timers reach no further than 24 days; the sweep catches what is later. */
const MAX_TIMER_MS = 2 ** 31

type AudienceParts = {
  inventory: Inventory
  clock: Clock
  /** Runs `work` later; its failure is logged. */
  later(work: () => void, ms: number): void
  /** Ends every socket of a room. */
  disconnect(room: string): void
}

/** The audiences of all open sockets, and as what each of them hears an event. */
export class Audiences {
  readonly #byRoom = new Map<string, Audience>()
  readonly #parts: AudienceParts

  constructor(parts: AudienceParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#byRoom.size
  }
  all(): Iterable<Audience> {
    return this.#byRoom.values()
  }

  /** Puts a socket among those who may see the same as its viewer. */
  join(socket: LiveSocket, viewer: Viewer): Audience {
    const rights = viewer.assignments.map(({ role, units }) => `${role}|${[...units].sort().join(',')}`).sort()
    const room = `${rights.join(';')}@${viewer.rightsUntil}`
    const known = this.#byRoom.get(room)
    const audience: Audience = known ?? {
      room,
      // What a person holds beyond the role (unmasking) is never pushed.
      assignments: viewer.assignments.map((assignment) => ({ ...assignment, mayUnmask: false })),
      until: viewer.rightsUntil,
      standings: new Map(),
      sockets: new Set()
    }
    const left = audience.until - this.#parts.clock.now()
    if (known === undefined && left < MAX_TIMER_MS) this.#parts.later(() => this.dropExpired(audience), left)
    this.#byRoom.set(room, audience)
    audience.sockets.add(socket)
    return audience
  }

  leave(socket: LiveSocket, audience: Audience): void {
    audience.sockets.delete(socket)
    if (audience.sockets.size === 0) this.#byRoom.delete(audience.room)
  }

  /** True once the rights of an audience are over; its sockets end at once. */
  dropExpired(audience: Audience): boolean {
    if (this.#parts.clock.now() < audience.until) return false
    this.#parts.disconnect(audience.room)
    return true
  }

  /** As what an audience hears an event; undefined when it may not. */
  standingOf(audience: Audience, event: keyof LiveEvents): Standing | undefined {
    if (this.dropExpired(audience)) return undefined
    if (!audience.standings.has(event)) {
      const standing = standingFor(audience.assignments, access[`LIVE ${event}`], this.#parts.inventory)
      audience.standings.set(event, standing)
    }
    return audience.standings.get(event)
  }
}

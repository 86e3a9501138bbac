import type { Socket } from 'node:net'

/** How many connections a door holds. Known callers have places of their own, which strangers cannot take. */
export type DoorLimits = {
  known: { most: number; perCaller: number }
  strangers: { most: number; perCaller: number }
  /** Without a byte either way for so long, a connection is closed; milliseconds. */
  idleMs?: { known: number; strangers: number }
}

/** A caller who has held all its places for this long is told of. */
const HELD_MS = 3_000
/** A connection whose request is being answered counts as idle only after this. */
const BUSY_MS = 30_000
/** A full door closes a connection of somebody else only after this much quiet. */
const QUIET_MS = 1_000
const SWEEP_MS = 1_000

type Class = 'known' | 'strangers'
type Guest = {
  socket: Socket
  caller: string
  class: Class
  /** Bytes that had gone either way when they were last looked at, and when that changed. */
  moved: number
  movedAt: number
  busy: number
}

export type DoorOptions = {
  limits: DoorLimits
  /** A caller holds all its places; `address` is where it was last seen. */
  onHeld?(caller: string, address: string): void
  /** A connection was turned away or closed to make room. */
  onRefused?(): void
  now?(): number
}

/**
 * The connections of one listener, shared out between callers. A full share closes that caller's own longest idle
 * connection; a full door that of the caller who holds most. So whoever comes finds a place, and nobody shuts the door.
 */
export class Door {
  readonly #options: DoorOptions
  readonly #now: () => number
  readonly #guests = new Map<string, Guest>()
  readonly #callers: Record<Class, Map<string, Set<Guest>>> = { known: new Map(), strangers: new Map() }
  readonly #sizes: Record<Class, number> = { known: 0, strangers: 0 }
  /** Callers at their share, and since when; no more than there are callers. */
  readonly #heldSince = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(options: DoorOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#timer = setInterval(() => this.sweep(), SWEEP_MS)
    this.#timer.unref()
  }

  get size(): number {
    return this.#guests.size
  }

  /** Lets a new connection in, or destroys it and answers false. */
  admit(socket: Socket, caller: string, isKnown = false): boolean {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined) {
      socket.destroy()
      return false
    }
    const group: Class = isKnown ? 'known' : 'strangers'
    if (!this.#makeRoom(group, caller)) {
      this.#options.onRefused?.()
      socket.destroy()
      return false
    }
    const key = keyOf(remoteAddress, remotePort)
    const guest: Guest = { socket, caller, class: group, moved: movedBy(socket), movedAt: this.#now(), busy: 0 }
    this.#guests.set(key, guest)
    this.#enter(guest)
    socket.once('close', () => {
      if (this.#guests.get(key) === guest) this.#guests.delete(key)
      this.#leave(guest)
    })
    return true
  }

  /** A connection has proved who calls: from now on it counts as that caller's. `socket` may be the TLS one above it. */
  know(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>, caller: string): void {
    const guest = this.#guestOf(socket)
    if (guest === undefined || (guest.class === 'known' && guest.caller === caller)) return
    this.#leave(guest)
    guest.class = 'known'
    guest.caller = caller
    guest.movedAt = this.#now()
    this.#makeRoom('known', caller)
    this.#enter(guest)
  }

  /** A request of this connection was heard whole and is being answered, until the function that is given back is called. */
  answering(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): () => void {
    const guest = this.#guestOf(socket)
    if (guest === undefined) return () => undefined
    guest.busy++
    let over = false
    return () => {
      if (over) return
      over = true
      guest.busy--
      guest.movedAt = this.#now()
    }
  }

  /** Looks which connections moved, closes those that were idle too long, and tells of callers at their share. */
  sweep(): void {
    const now = this.#now()
    const idle = this.#options.limits.idleMs
    for (const guest of [...this.#guests.values()]) {
      this.#look(guest, now)
      if (idle !== undefined && guest.busy === 0 && now - guest.movedAt >= idle[guest.class]) guest.socket.destroy()
    }
    for (const group of ['known', 'strangers'] as const) {
      for (const [caller, guests] of this.#callers[group]) {
        const key = `${group} ${caller}`
        const since = this.#heldSince.get(key)
        if (guests.size < this.#options.limits[group].perCaller) this.#heldSince.delete(key)
        else if (since === undefined) this.#heldSince.set(key, now)
        else if (now - since >= HELD_MS) {
          this.#heldSince.set(key, Infinity)
          const [guest] = guests
          this.#options.onHeld?.(caller, guest!.socket.remoteAddress ?? '')
        }
      }
    }
    for (const key of this.#heldSince.keys()) {
      const [group, caller] = [key.slice(0, key.indexOf(' ')) as Class, key.slice(key.indexOf(' ') + 1)]
      if (!this.#callers[group].has(caller)) this.#heldSince.delete(key)
    }
  }

  /** Closes what nobody is being answered on, now; everything after `graceMs`. */
  close(graceMs: number): void {
    clearInterval(this.#timer)
    for (const guest of [...this.#guests.values()]) if (guest.busy === 0) guest.socket.destroy()
    const all = () => {
      for (const guest of [...this.#guests.values()]) guest.socket.destroy()
    }
    if (graceMs <= 0) all()
    else setTimeout(all, graceMs).unref()
  }

  #guestOf({ remoteAddress = '', remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): Guest | undefined {
    return this.#guests.get(keyOf(remoteAddress, remotePort))
  }

  #makeRoom(group: Class, caller: string): boolean {
    const { most, perCaller } = this.#options.limits[group]
    const own = this.#callers[group].get(caller)
    if (own !== undefined && own.size >= perCaller) return this.#closeIdle(own, 0)
    if (this.#sizes[group] < most) return true
    let biggest: Set<Guest> | undefined
    for (const guests of this.#callers[group].values()) if (guests.size > (biggest?.size ?? 0)) biggest = guests
    if (biggest === undefined) return false
    // From somebody with more places even what has just come; from an equal only what lies idle.
    return this.#closeIdle(biggest, biggest.size > (own?.size ?? 0) + 1 ? 0 : QUIET_MS)
  }

  #closeIdle(guests: Set<Guest>, quietMs: number): boolean {
    const now = this.#now()
    let longest: Guest | undefined
    for (const guest of guests) {
      this.#look(guest, now)
      if (now - guest.movedAt < Math.max(quietMs, guest.busy > 0 ? BUSY_MS : 0)) continue
      if (longest === undefined || guest.movedAt < longest.movedAt) longest = guest
    }
    if (longest === undefined) return false
    this.#options.onRefused?.()
    longest.socket.destroy()
    // 'close' comes a turn later; its place is free now.
    this.#leave(longest)
    return true
  }

  #look(guest: Guest, now: number) {
    const moved = movedBy(guest.socket)
    if (moved === guest.moved) return
    guest.moved = moved
    guest.movedAt = now
  }

  #enter(guest: Guest) {
    const callers = this.#callers[guest.class]
    const guests = callers.get(guest.caller) ?? new Set()
    callers.set(guest.caller, guests.add(guest))
    this.#sizes[guest.class]++
  }

  #leave(guest: Guest) {
    const callers = this.#callers[guest.class]
    const guests = callers.get(guest.caller)
    if (guests?.delete(guest) !== true) return
    this.#sizes[guest.class]--
    if (guests.size === 0) callers.delete(guest.caller)
  }
}

const keyOf = (address: string, port: number | undefined) => `${address} ${port}`
/** Bytes that went either way; what waits to be read by a slow browser has not gone. */
const movedBy = (socket: Socket) => socket.bytesRead + socket.bytesWritten - socket.writableLength

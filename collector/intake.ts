import { readFileSync } from 'node:fs'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { UNASSIGNED, type Frame } from '#core/frame.ts'
import { origins, type Origin } from '#core/origin.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import { Heartbeats, type CommitHeartbeats } from './heartbeats.ts'
import { Notices } from './notices.ts'
import type { IntakeNotice, TokenUse, ListenerStatus, ListenerOrder } from '#core/data-plane.ts'
import { RECENT_MS, RecentRequests } from './recent.ts'
import { indexSenders, type SenderIndex } from './senders.ts'
import { sourceOf } from './sources/listeners.ts'
import type { ListenerContext, Listener, Patience, SourceOptions } from './sources/source.ts'
import type { LedgerNote, SpoolEntry, SpoolWriter } from './spool/spool.ts'

export type { ListenerOrder } from '#core/data-plane.ts'

export type IntakeOptions = {
  spool: SpoolWriter
  snapshot: DataPlaneSnapshot
  clock: Clock
  /** PEM files; with them HTTP listeners speak HTTPS. */
  tls?: { certFile: string; keyFile: string } | undefined
  onNotice(notice: IntakeNotice): void
  /** Commits the results of heartbeats; without it every heartbeat is answered "not now". */
  onHeartbeats?: CommitHeartbeats
  /** How long senders are held while the spool is full; tests shorten it. */
  patience?: Patience
  /** Places of doors and memory of bodies; tests make them small. */
  doors?: Pick<SourceOptions, 'door' | 'bodies'> | undefined
}

export type Intake = {
  /** Opens all of these listeners or none. Rejects with `intake.listen`, naming the one that failed, `intake.open` or `intake.protocol`. */
  open(orders: readonly ListenerOrder[]): Promise<ListenerStatus[]>
  /** Closes listeners by id; unknown ids are ignored. Resolves when what they had heard is durable. */
  close(ids: readonly string[]): Promise<void>
  /** Senders, tokens and networks change for the next frame on. */
  setSnapshot(snapshot: DataPlaneSnapshot): void
  status(): ListenerStatus[]
  /** Hashes of tokens used since the last call, with the moment. */
  tokensUsed(): TokenUse[]
  /** Closes every listener and writes what is still to be counted. The spool stays open. */
  stop(): Promise<void>
}

const TICK_MS = 1_000

/** The entrance of the collector: opens listeners, says who their senders are, and hands their frames to the spool once. */
export function createIntake(options: IntakeOptions): Intake {
  return new LocalIntake(options)
}

type Open = { order: ListenerOrder; listener: Listener; counts: Counts }
type Counts = { frames: number; bytes: number; refused: Map<string, number> }

class LocalIntake implements Intake {
  readonly #spool: SpoolWriter
  readonly #clock: Clock
  readonly #options: IntakeOptions
  readonly #notices: Notices
  readonly #recent = new RecentRequests()
  readonly #open = new Map<string, Open>()
  /** Senders that were heard at least once; no larger than the list of senders. */
  readonly #heard = new Set<string>()
  /** Dropped frames not yet in the ledger: origin × sender × reason, all three from fixed lists. */
  readonly #dropped = new Map<string, LedgerNote>()
  /** When each token was used since it was asked last; no more than there are tokens. */
  #used = new Map<string, number>()
  readonly #timer: NodeJS.Timeout
  readonly #heartbeats: Heartbeats
  #senders: Record<Origin, SenderIndex>

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#spool = options.spool
    this.#clock = options.clock
    this.#notices = new Notices(options.onNotice)
    this.#senders = indexAll(options.snapshot)
    this.#heartbeats = new Heartbeats(
      () => options.clock.now(),
      options.onHeartbeats ?? (() => Promise.reject(new SocError('heartbeat.away', 'nobody takes heartbeats')))
    )
    this.#heartbeats.set(options.snapshot.heartbeats ?? [])
    this.#recent.load(options.spool.recentKeys(RECENT_MS), options.clock.now())
    for (const row of options.spool.received()) this.#heard.add(`${row.origin} ${row.sender}`)
    this.#timer = setInterval(() => void this.#tick(), TICK_MS)
    this.#timer.unref()
  }

  async open(orders: readonly ListenerOrder[]): Promise<ListenerStatus[]> {
    const opened: Open[] = []
    try {
      for (const order of orders) {
        if (this.#open.has(order.id) || opened.some((other) => other.order.id === order.id)) {
          throw new SocError('intake.open', `a listener ${order.id} is open already`, { status: 409 })
        }
        const counts: Counts = { frames: 0, bytes: 0, refused: new Map() }
        const listener = await this.#listen(order, counts)
        opened.push({ order, listener, counts })
      }
    } catch (error) {
      await Promise.all(opened.map(({ listener }) => listener.close()))
      throw error
    }
    for (const one of opened) this.#open.set(one.order.id, one)
    return opened.map(statusOf)
  }

  async close(ids: readonly string[]): Promise<void> {
    const closing = ids.flatMap((id) => this.#open.get(id) ?? [])
    await Promise.all(closing.map(({ listener }) => listener.close()))
    for (const { order } of closing) this.#open.delete(order.id)
    await this.#tick()
  }

  setSnapshot(snapshot: DataPlaneSnapshot): void {
    this.#senders = indexAll(snapshot)
    this.#heartbeats.set(snapshot.heartbeats ?? [])
  }

  tokensUsed(): TokenUse[] {
    const used = [...this.#used].map(([hash, at]) => ({ hash, at }))
    this.#used = new Map()
    return used
  }

  status(): ListenerStatus[] {
    return [...this.#open.values()].map(statusOf)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.close([...this.#open.keys()])
  }

  async #listen(order: ListenerOrder, counts: Counts): Promise<Listener> {
    const { patience } = this.#options
    const tls = order.plain === true ? undefined : this.#options.tls
    const source = sourceOf(order.protocol)
    if (source === undefined) throw new SocError('intake.protocol', `${order.id}: nobody speaks ${order.protocol}`)
    try {
      return await source.open(order, this.#contextOf(order, counts), {
        tls: tls && { cert: readFileSync(tls.certFile, 'utf8'), key: readFileSync(tls.keyFile, 'utf8') },
        ...(patience && { patience }),
        ...this.#options.doors
      })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'error'
      const where = `${order.host} port ${order.port}`
      throw new SocError('intake.listen', `${order.id} cannot listen on ${where}: ${code}`, { cause: error })
    }
  }

  #contextOf(order: ListenerOrder, counts: Counts): ListenerContext {
    const { origin, sender } = order
    const refused = (reason: string, count = 1) =>
      void counts.refused.set(reason, (counts.refused.get(reason) ?? 0) + count)
    const notice: ListenerContext['notice'] = (kind, { sender }, peer, { count, ...detail } = {}) =>
      this.#notices.add({ kind, at: this.#clock.now(), origin, sender, peer, listener: order.id, ...detail }, count)
    return {
      listener: order.id,
      origin,
      clock: this.#clock,
      pinned: sender !== undefined,
      identify: (address) =>
        sender === undefined ? this.#senders[origin].byAddress(address) : this.#senders[origin].byId(sender),
      identifyToken: (token) => this.#senders[origin].byToken(token, (hash) => this.#used.set(hash, this.#clock.now())),
      refusal: () => this.#spool.refusal(),
      refused,
      notice,
      heartbeat: (heartbeat) => this.#heartbeats.take({ ...heartbeat, origin }),
      drop: (identity, count, reason) =>
        this.#drop({ sender: identity.sender, origin, fate: 'dropped', count, reason }),
      take: async (frames, batch) => {
        if (frames.length === 0) return
        try {
          await this.#take(frames, batch)
        } catch (error) {
          if ((error as { code?: string }).code === 'spool.full') notice('disk_guard', frames[0]!, frames[0]!.peer)
          throw error
        }
        counts.frames += frames.length
        for (const frame of frames) counts.bytes += frame.raw.length
        this.#announce(frames, order.id)
      }
    }
  }

  /** Appends what is new and notes what is not; resolves when all of it, also the first copy of duplicates, is durable. */
  async #take(frames: Frame[], batch: string | undefined): Promise<void> {
    const now = this.#clock.now()
    const whole = batch === undefined ? undefined : this.#recent.batch(frames[0]!, batch, now)
    const fresh: Frame[] = []
    const waitFor = new Set<Promise<unknown>>()
    let duplicates = 0
    // One request may carry the same key twice, so keys are looked up against its own frames too.
    const own = new Set<string>()
    for (const frame of frames) {
      const known = whole ?? this.#recent.frame(frame, now)
      const twice = frame.clientKey !== '' && own.has(frame.clientKey)
      if (frame.clientKey !== '') own.add(frame.clientKey)
      if (known === undefined && !twice) fresh.push(frame)
      else {
        duplicates++
        if (known?.pending !== undefined) waitFor.add(known.pending)
      }
    }
    if (waitFor.size > 0) {
      // Asked anew then: if the first copy was not taken after all, this one is the first.
      await Promise.allSettled(waitFor)
      return this.#take(frames, batch)
    }
    const entries: SpoolEntry[] = fresh.map((frame) => ({ kind: 'frame', frame }))
    if (batch !== undefined && entries[0]?.kind === 'frame') entries[0] = { ...entries[0], batch }
    if (duplicates > 0) {
      const { sender, origin } = frames[0]!
      const reason = whole === undefined ? 'client key' : 'same request'
      entries.push({ kind: 'note', note: { sender, origin, fate: 'duplicate', count: duplicates, reason } })
    }
    const taken = this.#spool.append(entries)
    if (fresh.length > 0) this.#recent.taking(fresh, batch, taken, now)
    await taken
  }

  #announce(frames: Frame[], listener: string) {
    let last = ''
    for (const { sender, origin, peer } of frames) {
      if (sender === last) continue
      last = sender
      if (sender === UNASSIGNED) {
        this.#notices.add({ kind: 'unknown_sender', at: this.#clock.now(), origin, sender, peer, listener })
      } else if (!this.#heard.has(`${origin} ${sender}`)) {
        this.#heard.add(`${origin} ${sender}`)
        this.#notices.add({ kind: 'first_event', at: this.#clock.now(), origin, sender, peer, listener })
      }
    }
  }

  #drop(note: LedgerNote) {
    const key = `${note.origin} ${note.sender} ${note.reason}`
    const known = this.#dropped.get(key)
    if (known === undefined) this.#dropped.set(key, { ...note })
    else known.count += note.count
  }

  async #tick(): Promise<void> {
    this.#notices.tick(this.#clock.now())
    const notes = [...this.#dropped.values()]
    if (notes.length === 0) return
    this.#dropped.clear()
    try {
      await this.#spool.append(notes.map((note) => ({ kind: 'note', note })))
    } catch {
      // Not even notes fit: they are kept and added up until they do.
      for (const note of notes) this.#drop(note)
    }
  }
}

function indexAll(snapshot: DataPlaneSnapshot): Record<Origin, SenderIndex> {
  return Object.fromEntries(origins.map((origin) => [origin, indexSenders(snapshot, origin)])) as Record<
    Origin,
    SenderIndex
  >
}

function statusOf({ order, listener, counts }: Open): ListenerStatus {
  return {
    id: order.id,
    protocol: order.protocol,
    address: listener.address,
    port: listener.port,
    origin: order.origin,
    frames: counts.frames,
    bytes: counts.bytes,
    refused: { ...Object.fromEntries(counts.refused), ...listener.refusals?.() }
  }
}

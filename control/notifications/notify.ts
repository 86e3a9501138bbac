import type { Clock } from '#core/clock.ts'
import { stableHash } from '#core/ids.ts'
import type { Announcement, Audience, ChannelName } from '#core/notification.ts'
import { nextWorkingMoment } from '#province/calendar.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, ictDay, ictDayStart } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import type { Way } from './channels/channel.ts'
import { NO_CHANNEL, type NotificationRecord, type Outbox } from './outbox.ts'
import { isPersonal, type Policies, type Policy } from './policy.ts'
import type { Reach } from './reach.ts'
import { MAX_RECIPIENTS, type Directory, type Recipient } from './recipients.ts'

/** Digests go out when the day begins. */
const DIGEST_HOUR_MS = 8 * HOUR_MS
/** How often a message that no channel can carry is looked at again; a start looks at once. */
export const NO_CHANNEL_MS = MINUTE_MS

export type Step = Policy['steps'][number]

/** An announcement as the table keeps it, as far as its notifications need it. */
export type Announced = Pick<Announcement, 'origin' | 'priority' | 'topic'> & { id: number; to: Audience[] }

type When = { dueAt: number; status?: 'deferred'; code?: string; hold?: 'digest' }

/** Who stands in the log where nobody could be told. */
function nobody(audience: Audience): string {
  switch (audience.kind) {
    case 'duty':
      return 'nobody:duty'
    case 'role':
      return `nobody:role:${audience.role}`
    case 'unit':
      return `nobody:unit:${audience.unit}`
    case 'user':
      return `nobody:user:${audience.userId}`
    case 'address':
      return `nobody:address:${stableHash([audience.address], 16)}`
  }
}

/** The next moment at which digests go out. */
function nextDigestHour(now: number): number {
  const today = ictDayStart(ictDay(now)) + DIGEST_HOUR_MS
  return today > now ? today : today + DAY_MS
}

type NotifyParts = {
  control: Control
  clock: Clock
  outbox: Outbox
  directory: Directory
  policies: Policies
  reach: Reach
}

/** Writes the notifications of one step of a policy into the outbox: whom, by which channels, when. */
export class Notify {
  readonly #parts: NotifyParts

  constructor(parts: NotifyParts) {
    this.#parts = parts
  }

  /**
   * Tells one step of a policy; `all` tells everybody at once whatever the step says, `personal` does not wait for working
   * hours or a digest. Returns how many rows were written.
   */
  step(announced: Announced, number: number, step: Step, all: boolean, personal: boolean): number {
    const { policies, clock } = this.#parts
    const policy = policies.get(announced.priority)
    const when = number === 0 ? this.#whenOf(policy, personal) : { dueAt: clock.now() }
    let written = 0
    const reachedBefore = new Set<string>()
    // Leaders are the same whoever was told first.
    for (const audience of step.to === 'head' ? announced.to.slice(0, 1) : announced.to) {
      const people = this.#peopleOf(announced, audience, step, all)
      let reached = 0
      for (const person of people.slice(0, MAX_RECIPIENTS)) {
        if (reachedBefore.has(person.key)) {
          reached++
          continue
        }
        reachedBefore.add(person.key)
        reached += this.#tell(announced, number, person, audience.kind === 'address' ? ['email'] : step.by, when)
      }
      if (reached === 0 && (number === 0 || step.to === 'head'))
        this.#tellNobody(announced, number, audience, people.length === 0 ? 'audience.empty' : NO_CHANNEL)
      written += reached
    }
    return written
  }

  /**
   * Tells those for whom a message waited, now that a channel reaches some of them; false while none does. All of them:
   * the moments at which the others would have been told went by.
   */
  waiting(row: NotificationRecord): boolean {
    const { audience, files } = this.#parts.control.single<WaitingRow>(
      `SELECT audience, (SELECT count(*) FROM announcement_files f WHERE f.announcement_id = a.id) AS files
         FROM announcements a WHERE id = ?`,
      row.announcement_id
    )
    const topic = row.topic as Announcement['topic']
    const to = (JSON.parse(audience) as Audience[]).filter((candidate) => nobody(candidate) === row.recipient)
    const { steps } = this.#parts.policies.get(row.priority)
    const step = steps[row.step] ?? steps[0]!
    const personal = files > 0 || isPersonal({ topic })
    const announced: Announced = { id: row.announcement_id, origin: row.origin, priority: row.priority, topic, to }
    return this.step(announced, row.step, step, true, personal) > 0
  }

  /** Who of an audience a step means; of the first and next only those who can be reached at all count. */
  #peopleOf(announced: Announced, audience: Audience, step: Step, all: boolean): Recipient[] {
    const { directory, clock, reach } = this.#parts
    let people = step.to === 'head' ? directory.head() : directory.resolve(audience, clock.now())
    const named = audience.kind === 'user' || audience.kind === 'address'
    const reachable = (person: Recipient) => step.by.some((way) => reach.hops(person, way, announced.origin).length > 0)
    // Nobody on duty can be reached: everybody of the SOC is told rather than nobody.
    if (audience.kind === 'duty' && step.to !== 'head' && !people.some(reachable)) people = directory.soc()
    if (!all && !named && (step.to === 'first' || step.to === 'next')) {
      // The first who can be reached at all; who cannot be must not keep the others from hearing.
      const first = people.find(reachable) ?? people[0]
      // The others are whoever was not told yet, not whoever stands further down: at a shift change the first is a new one.
      people =
        step.to === 'first'
          ? people.filter((person) => person === first)
          : people.filter((person) => !this.#isTold(announced.id, person))
    }
    if (people.length === 0 && announced.origin !== 'real')
      return [{ key: `nobody:${audience.kind}`, name: directory.nameOf(audience), addresses: {}, preferred: [] }]
    return people
  }

  /** Somebody who was told of an announcement, or is about to be; what failed told nothing. */
  #isTold(announcement: number, person: Recipient): boolean {
    const told = this.#parts.control.sql(
      `SELECT 1 FROM notifications WHERE announcement_id = ? AND recipient = ? AND status <> 'failed'
         AND (status <> 'cancelled' OR code IN ('digest.folded', 'storm.already_told')) LIMIT 1`
    )
    return told.get(announcement, person.key) !== undefined
  }

  /** One step told to one person: one row per way, each with the channels that take over when it fails. */
  #tell(announced: Announced, step: number, person: Recipient, by: readonly Way[], when: When): number {
    const { outbox, reach } = this.#parts
    const taken = new Set<ChannelName>()
    let written = 0
    // SMS first: in a storm the one message that passes is the one that wakes.
    const chains = [...by].sort((a, b) => Number(b === 'sms') - Number(a === 'sms'))
    for (const way of chains) {
      const hops = reach.hops(person, way, announced.origin)
      const [first, ...next] = hops.filter(({ channel }) => !taken.has(channel))
      if (first === undefined) continue
      taken.add(first.channel)
      const local = announced.origin !== 'real'
      const id = outbox.add({
        announcementId: announced.id,
        step,
        recipient: person.key,
        name: person.name,
        channel: local ? 'local' : first.channel,
        address: first.address,
        composedAs: first.channel,
        next: local ? [] : next,
        ...when
      })
      if (id !== undefined) written++
    }
    return written
  }

  #whenOf(policy: Policy, personal: boolean): When {
    const now = this.#parts.clock.now()
    if (personal || policy.when === 'always') return { dueAt: now }
    if (policy.when === 'digest')
      return { dueAt: nextDigestHour(now), status: 'deferred', code: 'digest.waiting', hold: 'digest' }
    const dueAt = nextWorkingMoment(now)
    return dueAt === now ? { dueAt } : { dueAt, status: 'deferred', code: 'hours.waiting' }
  }

  /** Nobody could be told: that stands in the log. People without a usable channel may get one: their message waits. */
  #tellNobody(announced: Announced, step: number, audience: Audience, code: 'audience.empty' | typeof NO_CHANNEL) {
    const { outbox, directory, clock } = this.#parts
    const waits = code === NO_CHANNEL && announced.origin === 'real'
    outbox.add({
      announcementId: announced.id,
      step,
      recipient: nobody(audience),
      name: directory.nameOf(audience),
      channel: 'email',
      address: '',
      composedAs: 'email',
      next: [],
      status: waits ? 'deferred' : 'failed',
      code,
      dueAt: clock.now() + (waits ? NO_CHANNEL_MS : 0)
    })
  }
}

type WaitingRow = { audience: string; files: number }

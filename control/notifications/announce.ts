import type { Clock } from '#core/clock.ts'
import { stableHash } from '#core/ids.ts'
import { SocError } from '#core/errors.ts'
import type { Announcement, Audience, Channel, Priority } from '#core/notification.ts'
import { nextWorkingMoment } from '#province/calendar.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { NO_CHANNEL, type Hop, type Outbox, type Row } from './outbox.ts'
import { isPersonal, ways, type Policies, type Policy } from './policy.ts'
import type { SecretLinks } from './secret-links.ts'
import { MAX_RECIPIENTS, type Directory, type Recipient } from './recipients.ts'

/** Digests go out when the day begins. */
const DIGEST_HOUR_MS = 8 * 3_600_000
/** How often a message that no channel can carry is looked at again; a start looks at once. */
export const NO_CHANNEL_MS = 60_000
/** Titles are a line, bodies a few sentences; attachments must pass a mail relay. Larger is a mistake of the caller. */
const MAX_TITLE = 500
const MAX_BODY = 8_000
const MAX_FILES_BYTES = 15 * 1024 * 1024

export type Step = Policy['steps'][number]
type Context = {
  control: Control
  clock: Clock
  outbox: Outbox
  directory: Directory
  policies: Policies
  links: SecretLinks
  /** Whether a channel has its settings. */
  configured(channel: Channel): boolean
  unreachable(channel: Channel, address: string): boolean
  /** Where the platform itself is told, beside people. */
  machines: { webhook: string; zalo_bot: string; telegram: string }
}
type Kept = Pick<Announcement, 'origin' | 'priority' | 'topic'> & { id: number; to: Audience[] }

/** Who stands in the log where nobody could be told. */
const nobody = (audience: Audience) => {
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

const laterBy = (now: number) => {
  const today = ictDayStart(ictDay(now)) + DIGEST_HOUR_MS
  return today > now ? today : today + DAY_MS
}

/** Writes announcements and the steps of their escalation into the outbox. */
export function createAnnouncing(context: Context) {
  const { control, clock, outbox, directory, policies } = context

  /** The channels of one way of telling that reach a person, the preferred ones first. */
  function hops(person: Recipient, way: Step['by'][number], origin: string): Hop[] {
    const wanted = ways[way]
    const order = [...person.preferred.filter((channel) => wanted.includes(channel)), ...wanted]
    const reached = [...new Set(order)].flatMap((channel) => {
      const address = person.addresses[channel]
      if (address === undefined) return []
      // What stays on the machine is shown as it would be with every channel set up.
      if (origin === 'real' && (!context.configured(channel) || context.unreachable(channel, address))) return []
      return [{ channel, address }]
    })
    if (reached.length > 0 || origin === 'real') return reached
    return [{ channel: way === 'chat' ? 'zalo_zns' : way, address: '' }]
  }

  /** One step told to one person: one row per way, each with what takes over when it fails. */
  function tell(kept: Kept, step: number, person: Recipient, by: readonly Step['by'][number][], when: When): number {
    const taken = new Set<Channel>()
    let written = 0
    // SMS first: in a storm the one message that passes is the one that wakes.
    const chains = [...by].sort((a, b) => Number(b === 'sms') - Number(a === 'sms'))
    for (const way of chains) {
      const [first, ...next] = hops(person, way, kept.origin).filter(({ channel }) => !taken.has(channel))
      if (first === undefined) continue
      taken.add(first.channel)
      const local = kept.origin !== 'real'
      const id = outbox.add({
        announcementId: kept.id,
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

  type When = { dueAt: number; status?: 'deferred'; code?: string; hold?: 'digest' }
  function whenOf(kept: Kept, policy: Policy, personal: boolean): When {
    const now = clock.now()
    if (personal || policy.when === 'always') return { dueAt: now }
    if (policy.when === 'digest')
      return { dueAt: laterBy(now), status: 'deferred', code: 'digest.waiting', hold: 'digest' }
    const dueAt = nextWorkingMoment(now)
    return dueAt === now ? { dueAt } : { dueAt, status: 'deferred', code: 'hours.waiting' }
  }

  /** Nobody could be told: that stands in the log. People without a usable channel may get one: their message waits. */
  function toNobody(kept: Kept, step: number, audience: Audience, code: 'audience.empty' | typeof NO_CHANNEL) {
    const waits = code === NO_CHANNEL && kept.origin === 'real'
    outbox.add({
      announcementId: kept.id,
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

  function tellMachines(announcement: Announcement, kept: Kept) {
    if (kept.origin !== 'real') return
    const direct = (channel: 'webhook' | 'zalo_bot' | 'telegram', recipient: string, name: string) => {
      const address = context.machines[channel]
      // What a channel fails at is not told through it.
      if (announcement.subject === `channel:${channel}`) return
      if (address === '' || !context.configured(channel)) return
      outbox.add({
        announcementId: kept.id,
        step: 0,
        recipient,
        name,
        channel,
        address,
        composedAs: channel,
        next: [],
        dueAt: clock.now()
      })
    }
    if (['incident', 'health', 'platform'].includes(announcement.topic)) direct('webhook', 'webhook', 'Webhook')
    if (announcement.to.some(({ kind }) => kind === 'duty') && announcement.priority <= 2)
      for (const channel of ['zalo_bot', 'telegram'] as const) direct(channel, `group:${channel}`, 'Nhóm trực SOC')
  }

  /** Tells one step of a policy. Returns how many rows were written. */
  function tellStep(kept: Kept, number: number, step: Step, all: boolean, personal: boolean): number {
    const policy = policies.get(kept.priority)
    const when = number === 0 ? whenOf(kept, policy, personal) : { dueAt: clock.now() }
    let written = 0
    const told = new Set<string>()
    // Leaders are the same whoever was told first.
    for (const audience of step.to === 'head' ? kept.to.slice(0, 1) : kept.to) {
      let people = step.to === 'head' ? directory.head() : directory.resolve(audience, clock.now())
      const named = audience.kind === 'user' || audience.kind === 'address'
      const reachable = (person: Recipient) => step.by.some((way) => hops(person, way, kept.origin).length > 0)
      // Nobody on duty can be reached: everybody of the SOC is told rather than nobody.
      if (audience.kind === 'duty' && step.to !== 'head' && !people.some(reachable)) people = directory.soc()
      if (!all && !named && (step.to === 'first' || step.to === 'next')) {
        // The first who can be reached at all; who cannot be must not keep the others from hearing.
        const first = people.find(reachable) ?? people[0]
        people = step.to === 'first' ? people.filter((one) => one === first) : people.filter((one) => one !== first)
      }
      if (people.length === 0 && kept.origin !== 'real')
        people = [{ key: `nobody:${audience.kind}`, name: directory.nameOf(audience), addresses: {}, preferred: [] }]
      let reached = 0
      for (const person of people.slice(0, MAX_RECIPIENTS)) {
        if (told.has(person.key)) {
          reached++
          continue
        }
        told.add(person.key)
        reached += tell(kept, number, person, audience.kind === 'address' ? ['email'] : step.by, when)
      }
      if (reached === 0 && (number === 0 || step.to === 'head'))
        toNobody(kept, number, audience, people.length === 0 ? 'audience.empty' : NO_CHANNEL)
      written += reached
    }
    return written
  }

  /** Whoever was told of the subject before is told its end too, by the way it reached them. */
  function tellThoseWhoKnow(kept: Kept, subject: string) {
    const known = control
      .sql(
        `SELECT DISTINCT n.recipient, n.name, n.channel, n.address, n.composed_as AS composedAs
         FROM notifications n JOIN announcements a ON a.id = n.announcement_id
         WHERE a.subject = ? AND a.id < ? AND a.origin = ? AND n.channel <> 'webhook'
           AND (n.status IN ('accepted', 'delivered', 'read', 'answered', 'sending') OR n.folded_into IS NOT NULL)
         ORDER BY n.id LIMIT ${MAX_RECIPIENTS}`
      )
      .all(subject, kept.id, kept.origin) as unknown as {
      recipient: string
      name: string
      channel: Channel
      address: string
      composedAs: Channel
    }[]
    for (const { recipient, name, channel, address, composedAs } of known)
      outbox.add({
        announcementId: kept.id,
        step: 0,
        recipient,
        name,
        channel,
        address,
        composedAs,
        next: [],
        dueAt: clock.now()
      })
  }

  /**
   * Tells those for whom a message waited, now that a channel reaches some of them; false while none does. All of them:
   * the moments at which the others would have been told went by.
   */
  function tellWaiting(row: Row): boolean {
    const { audience, files } = control
      .sql(
        `SELECT audience, (SELECT count(*) FROM announcement_files f WHERE f.announcement_id = a.id) AS files
         FROM announcements a WHERE id = ?`
      )
      .get(row.announcement_id) as { audience: string; files: number }
    const topic = row.topic as Announcement['topic']
    const to = (JSON.parse(audience) as Audience[]).filter((one) => nobody(one) === row.recipient)
    const { steps } = policies.get(row.priority)
    const step = steps[row.step] ?? steps[0]!
    const personal = files > 0 || isPersonal({ topic })
    const kept: Kept = { id: row.announcement_id, origin: row.origin, priority: row.priority, topic, to }
    return tellStep(kept, row.step, step, true, personal) > 0
  }

  return {
    tellStep,
    tellWaiting,
    /** Writes an announcement and its first rows; false when the key was announced before. Joins the caller's transaction. */
    announce(announcement: Announcement, stop: (subject: string, before: number) => void): boolean {
      const { key, topic, priority, origin, subject, unit, to, title, body, code, link } = announcement
      const files = announcement.attachments ?? []
      if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) > MAX_FILES_BYTES)
        throw new SocError('notification.too_large', 'attachments of a message are too large', { status: 413 })
      return control.transaction(() => {
        const cut = (text: { vi: string; en: string }, max: number) =>
          JSON.stringify({ vi: text.vi.slice(0, max), en: text.en.slice(0, max) })
        const made = control
          .sql(
            `INSERT OR IGNORE INTO announcements (key, at, topic, priority, origin, subject, unit, code, title, body, link, audience)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
          )
          .run(
            key,
            clock.now(),
            topic,
            priority,
            origin,
            subject,
            unit,
            code.slice(0, 40),
            cut(title, MAX_TITLE),
            cut(body, MAX_BODY),
            context.links.seal(link.slice(0, 500), key),
            JSON.stringify(to)
          )
        if (made.changes === 0) return false
        const id = Number(made.lastInsertRowid)
        files.forEach(({ name, type, bytes }, place) =>
          control
            .sql('INSERT INTO announcement_files (announcement_id, place, name, type, bytes) VALUES (?, ?, ?, ?, ?)')
            .run(id, place, name.slice(0, 200), type.slice(0, 100), bytes)
        )
        const kept: Kept = { id, origin, priority, topic, to }
        if (announcement.resolves) {
          stop(subject, id)
          tellThoseWhoKnow(kept, subject)
        }
        const policy = policies.get(priority as Priority)
        const personal = isPersonal(announcement)
        tellStep(kept, 0, policy.steps[0]!, !announcement.escalates, personal)
        tellMachines(announcement, kept)
        const second = policy.steps[1] ?? (policy.repeats > 0 ? { afterMin: policy.repeatEveryMin } : undefined)
        if (announcement.escalates && second !== undefined)
          control
            .sql(
              'INSERT INTO escalations (announcement_id, subject, began_at, step, repeats, due_at) VALUES (?, ?, ?, 1, 0, ?)'
            )
            .run(id, subject, clock.now(), clock.now() + second.afterMin * 60_000)
        return true
      })
    }
  }
}

export type Announcing = ReturnType<typeof createAnnouncing>

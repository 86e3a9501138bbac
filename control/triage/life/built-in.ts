import { UNASSIGNED } from '#core/frame.ts'
import { stableHash } from '#core/ids.ts'
import type { Bilingual, Level, MatchFold } from '#core/match.ts'
import type { StoreLoss } from '#core/ledger.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'
import { summaryOf, type BuiltInId } from '#control/rules/built-in-rules.ts'
import { fillWords } from '#core/words.ts'
import { words } from '../words.ts'
import { OUTAGE_HOSTS, OUTAGE_RULE, OUTAGE_SYSTEM } from './outage-incident.ts'

export { builtInRules } from '#control/rules/built-in-rules.ts'

/** Something at the door of the intake: who it was, where, and how often since the last notice. */
type DoorNotice = {
  at: number
  origin: Origin
  sender: string
  peer: string
  listener: string
  count: number
  detail?: string
}

/** The value of a `soc.silent_source` that tells one silence of a source from the next: milliseconds, as text. */
export const LAST_RECEIVED = 'soc.last_received_ms'

/** What the platform raises about itself. Each function makes the match that an alert is opened or counted with. */
export type BuiltIn = {
  unknownSender(notice: DoorNotice): MatchFold
  wrongToken(notice: DoorNotice): MatchFold
  /** A caller holds its whole share of a door; about us when the door is the console's. */
  doorHeld(notice: DoorNotice): MatchFold
  refusedWrite(notice: DoorNotice): MatchFold
  diskGuard(notice: DoorNotice): MatchFold
  silentSource(source: {
    at: number
    sender: string
    name: string
    unit: string
    origin: Origin
    lastReceivedAt: number
  }): MatchFold
  /** One sender keeps the detector from the others' events. */
  floodingSender(flood: {
    at: number
    sender: string
    name: string
    unit: string
    origin: Origin
    waiting: number
  }): MatchFold
  /** A thread of the data plane ended by itself and was started anew. */
  threadEnded(end: { at: number; thread: string; reason: string }): MatchFold
  /** Matches cannot be committed: the detector waits. */
  matchesHeld(held: { at: number; reason: string }): MatchFold
  storeAway(store: { at: number; since: number; reason: string }): MatchFold
  storeLoss(loss: StoreLoss): MatchFold
  breakGlass(use: { at: number; username: string; address: string; reason: string }): MatchFold
  ledgerImbalance(ledger: { at: number; detail: string }): MatchFold
  outage(outage: OutageNotice): MatchFold
  /** Results of probes were thrown away because this process stood still. */
  stoodStill(stall: { at: number; from: number; seconds: number; origin: Origin }): MatchFold
  uplinkLost(uplink: { at: number; since: number; origin: Origin }): MatchFold
  integrationFailing(integration: IntegrationNotice): MatchFold
}

/** A root outage: the system, what it takes with it, and the hosts it answers on. */
export type OutageNotice = {
  at: number
  origin: Origin
  system: string
  name: string
  /** Owner of the system; '' is nobody known: then it is the SOC's own. */
  unit: string
  since: number
  level: Level
  down: readonly number[]
  degraded: readonly number[]
  attached: readonly string[]
  hosts: readonly string[]
  /** Of a group: how many of its members are lost. */
  lost: { down: number; all: number } | null
  /** How many fell at the same time without depending on each other, when that is too many for chance. */
  together?: number
}

/** A provider whose exchanges fail for technical reasons. */
export type IntegrationNotice = {
  at: number
  origin: Origin
  system: string
  name: string
  unit: string
  since: number
  total: number
  failed: number
}

/** Built-in matches; what is about the platform itself belongs to the SOC's own unit of the inventory. */
export function createBuiltIn(inventory: Inventory): BuiltIn {
  const ourUnit = inventory.units('department').find((unit) => unit.scope === 'self')?.code ?? UNASSIGNED
  const door = (id: BuiltInId, notice: DoorNotice) =>
    fold(id, {
      at: notice.at,
      origin: notice.origin,
      unit: UNASSIGNED,
      count: notice.count,
      senders: notice.sender === '' ? [] : [notice.sender],
      fields: { 'source.ip': hostOf(notice.peer) },
      values: { 'soc.listener': notice.listener, ...(notice.detail !== undefined && { 'soc.path': notice.detail }) }
    })
  const ours = (id: BuiltInId, at: number, service: string, values: MatchFold['values'], count = 1) =>
    fold(id, {
      ...{ at, origin: 'real', unit: ourUnit, count, senders: [] },
      fields: { 'service.name': service },
      values
    })
  return {
    unknownSender: (notice) => door('soc.unknown_sender', notice),
    wrongToken: (notice) => door('soc.wrong_token', notice),
    doorHeld: (notice) => door('soc.door_held', notice),
    refusedWrite: (notice) => door('soc.refused_write', notice),
    // A full disk is real, whichever sender met it first.
    diskGuard: (notice) => ours('soc.disk_guard', notice.at, 'spool', {}, notice.count),
    silentSource: (source) =>
      fold('soc.silent_source', {
        at: source.at,
        origin: source.origin,
        unit: source.unit,
        count: 1,
        senders: [source.sender],
        fields: { 'soc.sender': source.sender },
        values: {
          'sender.name': source.name,
          since: shownTime(source.lastReceivedAt),
          [LAST_RECEIVED]: String(source.lastReceivedAt)
        }
      }),
    floodingSender: (flood) =>
      fold('soc.flooding_sender', {
        at: flood.at,
        origin: flood.origin,
        unit: flood.unit,
        count: 1,
        senders: [flood.sender],
        fields: { 'soc.sender': flood.sender },
        values: { 'sender.name': flood.name, waiting: String(flood.waiting) }
      }),
    storeLoss: (loss) =>
      fold('soc.store_loss', {
        at: loss.at,
        origin: 'real',
        unit: ourUnit,
        count: 1,
        senders: [],
        fields: { 'service.name': 'store', 'soc.file': loss.file },
        values: {
          day: loss.day.split('-').reverse().join('/'),
          stored: loss.stored === null ? '?' : loss.stored.toLocaleString('vi-VN'),
          found: loss.found === null ? '?' : loss.found.toLocaleString('vi-VN'),
          reason: loss.reason,
          // The same loss after a restart is not told again.
          [LAST_RECEIVED]: [loss.kept, loss.stored, loss.found].join(' ')
        }
      }),
    storeAway: (store) =>
      ours('soc.store_away', store.at, 'store', { since: shownTime(store.since), reason: store.reason }),
    threadEnded: (end) =>
      ours('soc.thread_ended', end.at, end.thread, { reason: end.reason.split('\n', 1)[0]!.slice(0, 300) }),
    matchesHeld: (held) => ours('soc.matches_held', held.at, 'detector', { reason: held.reason.slice(0, 300) }),
    breakGlass: (use) =>
      fold('soc.break_glass', {
        at: use.at,
        origin: 'real',
        unit: ourUnit,
        count: 1,
        senders: [],
        fields: { 'user.name': use.username, 'source.ip': use.address },
        values: { reason: use.reason }
      }),
    ledgerImbalance: (ledger) => ours('soc.ledger_imbalance', ledger.at, 'ledger', { detail: ledger.detail }),
    outage: (outage) => outageFold(outage, ourUnit),
    stoodStill: (stall) =>
      fold('soc.stood_still', {
        ...{ at: stall.at, origin: stall.origin, unit: ourUnit, count: 1, senders: [] },
        fields: { 'service.name': 'probes' },
        values: { since: shownTime(stall.from), seconds: String(stall.seconds) }
      }),
    uplinkLost: (uplink) =>
      fold('soc.uplink_lost', {
        at: uplink.at,
        origin: uplink.origin,
        unit: ourUnit,
        count: 1,
        senders: [],
        fields: { 'service.name': 'uplink' },
        values: { since: shownTime(uplink.since) }
      }),
    integrationFailing: (integration) =>
      fold('soc.integration_failing', {
        at: integration.at,
        origin: integration.origin,
        unit: integration.unit === '' ? ourUnit : integration.unit,
        count: 1,
        senders: [],
        fields: { 'service.name': integration.system },
        values: {
          name: integration.name,
          since: shownTime(integration.since),
          share: shownShare(1 - integration.failed / integration.total),
          failed: String(integration.failed),
          total: String(integration.total),
          [OUTAGE_SYSTEM]: integration.system
        }
      })
  }
}

/** A group says how many of its members are lost, and its alert counts from the first match, which lies in the past. */
function outageFold(outage: OutageNotice, ourUnit: string): MatchFold {
  const made = fold(OUTAGE_RULE, {
    at: outage.at,
    origin: outage.origin,
    unit: outage.unit === '' ? ourUnit : outage.unit,
    count: 1,
    senders: [],
    fields: { 'service.name': outage.system },
    values: {
      name: outage.name,
      since: shownTime(outage.since),
      'models.down': listed(outage.down),
      'models.degraded': listed(outage.degraded),
      'models.down_count': String(outage.down.length),
      'models.degraded_count': String(outage.degraded.length),
      'models.count': String(outage.down.length + outage.degraded.length),
      attached: listed(outage.attached),
      ...(outage.lost === null ? {} : { lost: `${outage.lost.down}/${outage.lost.all}` }),
      [OUTAGE_SYSTEM]: outage.system,
      [OUTAGE_HOSTS]: outage.hosts.join(' ').toLowerCase()
    }
  })
  const sentence = outageSentence(outage)
  // Whoever reads titles alone (leaders, units) is told which system.
  const { together = 0 } = outage
  const title =
    together > 0
      ? fillWords(words.outage.titleTogether, { count: String(together) })
      : fillWords(words.outage.title, { system: outage.name })
  return { ...made, firstSeen: outage.since, rule: { ...made.rule, level: outage.level, title, sentence } }
}

/** What is out, and which models it takes along; nothing is said about lists that are empty. */
function outageSentence({ lost, down, degraded, together = 0 }: OutageNotice): Bilingual {
  const alone = lost === null ? words.outage.system : words.outage.group
  const system =
    together > 0
      ? fillWords(words.outage.together, { count: String(together - 1), name: '{name}', since: '{since}' })
      : alone
  const models = words.outage[modelsHit(down.length > 0, degraded.length > 0)]
  return { vi: system.vi + models.vi, en: system.en + models.en }
}

function modelsHit(down: boolean, degraded: boolean): 'downAndDegraded' | 'down' | 'degraded' | 'noModel' {
  if (down) return degraded ? 'downAndDegraded' : 'down'
  return degraded ? 'degraded' : 'noModel'
}

/** "22, 23, 27"; a dash for none, as an empty value reads as unknown. */
const listed = (items: readonly (number | string)[]) => (items.length === 0 ? '–' : items.join(', '))

/** 84,12 % */
const shownShare = (share: number) => `${(share * 100).toFixed(2).replace('.', ',')} %`

/** The fingerprint of a built-in match, as its fold carries it; `entityKey` as in its fold's entity. */
export function builtInFingerprint(ruleId: string, entityKey: string, unit: string, origin: Origin): string {
  return stableHash([ruleId, entityKey, unit, origin])
}

function fold(
  id: BuiltInId,
  about: {
    at: number
    origin: Origin
    unit: string
    count: number
    senders: string[]
    fields: Record<string, string>
    values: Record<string, string>
  }
): MatchFold {
  const key = Object.values(about.fields).join('|').toLowerCase()
  return {
    fingerprint: builtInFingerprint(id, key, about.unit, about.origin),
    rule: summaryOf(id),
    origin: about.origin,
    unit: about.unit,
    senders: about.senders,
    entity: { key, fields: about.fields },
    count: Math.max(1, about.count),
    correlated: false,
    firstSeen: about.at,
    lastSeen: about.at,
    receivedAt: about.at,
    matchedAt: about.at,
    evidence: [],
    values: { ...about.fields, ...about.values }
  }
}

/** `203.0.113.7:514` and `[2001:db8::1]:514` without their port: the entity is the address. */
function hostOf(peer: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(peer)?.[1]
  if (bracketed !== undefined) return bracketed
  return peer.replace(/:\d+$/, (port, offset: number) => (peer.indexOf(':') === offset ? '' : port))
}

/** 15/10/2023 02:21, as people here read a time. */
function shownTime(ms: number): string {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Ho_Chi_Minh',
      day: '2-digit',
      month: '2-digit',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit'
    })
      .formatToParts(ms)
      .map((part) => [part.type, part.value])
  )
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  return `${get('day')}/${get('month')}/${get('year')} ${get('hour')}:${get('minute')}`
}

import type { RuleRow } from '#core/api.ts'
import { UNASSIGNED } from '#core/frame.ts'
import { stableHash } from '#core/ids.ts'
import type { Bilingual, Level, MatchFold, RuleSummary } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'

/** Something at the door of the intake: who it was, where, and how often since the last notice. */
type DoorNotice = { at: number; origin: Origin; sender: string; peer: string; listener: string; count: number }

/** The value of a `soc.silent_source` that tells one silence of a source from the next: milliseconds, as text. */
export const LAST_RECEIVED = 'soc.last_received_ms'

/** What the platform raises about itself. Each function makes the match that an alert is opened or counted with. */
export type BuiltIn = {
  unknownSender(notice: DoorNotice): MatchFold
  wrongToken(notice: DoorNotice): MatchFold
  diskGuard(notice: DoorNotice): MatchFold
  silentSource(source: {
    at: number
    sender: string
    name: string
    unit: string
    origin: Origin
    lastReceivedAt: number
  }): MatchFold
  storeAway(store: { at: number; since: number; reason: string }): MatchFold
  ledgerImbalance(ledger: { at: number; detail: string }): MatchFold
}

type Described = { title: Bilingual; level: Level; sentence: Bilingual; falsePositives: string[] }

/** Their version grows with their words: an alert says by which it was raised. */
const VERSION = '1'

const described = {
  'soc.unknown_sender': {
    title: { vi: 'Nguồn gửi không xác định', en: 'Unknown sender' },
    level: 'medium',
    sentence: {
      vi: '{count} khung từ {source.ip} đến cổng {soc.listener} mà không nguồn nhật ký nào khai báo địa chỉ này',
      en: '{count} frames from {source.ip} came in through {soc.listener}, an address that no log source declares'
    },
    falsePositives: ['Nguồn mới chưa khai báo', 'Thiết bị đổi địa chỉ']
  },
  'soc.wrong_token': {
    title: { vi: 'Mã truy cập nguồn sai', en: 'Wrong source token' },
    level: 'medium',
    sentence: {
      vi: '{count} lần gửi từ {source.ip} vào cổng {soc.listener} bị từ chối vì sai mã truy cập',
      en: '{count} attempts from {source.ip} on {soc.listener} were refused for a wrong token'
    },
    falsePositives: ['Mã vừa được thay, nguồn chưa cập nhật']
  },
  'soc.silent_source': {
    title: { vi: 'Nguồn nhật ký im lặng', en: 'Silent log source' },
    level: 'medium',
    sentence: {
      vi: 'Nguồn “{sender.name}” không gửi nhật ký từ {since}',
      en: 'Source “{sender.name}” has sent no logs since {since}'
    },
    falsePositives: ['Máy được tắt theo kế hoạch', 'Ngoài giờ làm việc']
  },
  'soc.store_away': {
    title: { vi: 'Kho lưu trữ không phản hồi', en: 'The event store is away' },
    level: 'high',
    sentence: {
      vi: 'Kho lưu trữ không phản hồi từ {since}: {reason}. Sự kiện được giữ trong hàng đợi, việc phát hiện vẫn chạy',
      en: 'The event store has been away since {since}: {reason}. Events are held in the spool, detection goes on'
    },
    falsePositives: ['Kho được bảo trì theo kế hoạch']
  },
  'soc.ledger_imbalance': {
    title: { vi: 'Sổ cái khung không cân', en: 'The frame ledger does not balance' },
    level: 'high',
    sentence: {
      vi: 'Số khung nhận và số khung có kết cục không bằng nhau: {detail}',
      en: 'Frames received and frames accounted for differ: {detail}'
    },
    falsePositives: []
  },
  'soc.disk_guard': {
    title: { vi: 'Sắp hết chỗ trên đĩa', en: 'The disk is nearly full' },
    level: 'high',
    sentence: {
      vi: 'Bộ thu không nhận thêm khung: hàng đợi đầy hoặc đĩa gần hết chỗ',
      en: 'The intake takes no more frames: the spool is full or the disk nearly so'
    },
    falsePositives: []
  }
} satisfies Record<string, Described>
type Id = keyof typeof described

const summaryOf = (id: Id): RuleSummary => ({ id, version: VERSION, tags: [], ...described[id] })
const ids = Object.keys(described) as Id[]

/** The built-in rules as the rules screen lists them; their figures are counted elsewhere. */
export const builtInRules: RuleRow[] = ids.map(summaryOf).map((rule) => ({
  id: rule.id,
  title: rule.title,
  level: rule.level,
  status: 'stable',
  kind: 'built_in',
  logsource: 'soc',
  tags: rule.tags,
  file: '',
  version: rule.version,
  state: 'live',
  error: null,
  matches24h: 0,
  falsePositiveShare: null
}))

/** Built-in matches; what is about the platform itself belongs to the SOC's own unit of the inventory. */
export function createBuiltIn(inventory: Inventory): BuiltIn {
  const ourUnit = inventory.units('department').find((unit) => unit.scope === 'self')?.code ?? UNASSIGNED
  const door = (id: Id, notice: DoorNotice) =>
    fold(id, {
      at: notice.at,
      origin: notice.origin,
      unit: UNASSIGNED,
      count: notice.count,
      senders: notice.sender === '' ? [] : [notice.sender],
      fields: { 'source.ip': hostOf(notice.peer) },
      values: { 'soc.listener': notice.listener }
    })
  return {
    unknownSender: (notice) => door('soc.unknown_sender', notice),
    wrongToken: (notice) => door('soc.wrong_token', notice),
    diskGuard: (notice) =>
      fold('soc.disk_guard', {
        at: notice.at,
        // A full disk is real, whichever sender met it first.
        origin: 'real',
        unit: ourUnit,
        count: notice.count,
        senders: [],
        fields: { 'service.name': 'spool' },
        values: {}
      }),
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
    storeAway: (store) =>
      fold('soc.store_away', {
        at: store.at,
        origin: 'real',
        unit: ourUnit,
        count: 1,
        senders: [],
        fields: { 'service.name': 'store' },
        values: { since: shownTime(store.since), reason: store.reason }
      }),
    ledgerImbalance: (ledger) =>
      fold('soc.ledger_imbalance', {
        at: ledger.at,
        origin: 'real',
        unit: ourUnit,
        count: 1,
        senders: [],
        fields: { 'service.name': 'ledger' },
        values: { detail: ledger.detail }
      })
  }
}

/** The fingerprint of a built-in match, as its fold carries it; `entityKey` as in its fold's entity. */
export function builtInFingerprint(ruleId: string, entityKey: string, unit: string, origin: Origin): string {
  return stableHash([ruleId, entityKey, unit, origin])
}

function fold(
  id: Id,
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

import type { SourceList, SourceRow } from '#core/api/sources.ts'
import { UNASSIGNED } from '#core/frame.ts'
import { silentAfterMs } from '#control/watch/silence.ts'
import { fates, type Fate, type LedgerRow } from '#core/ledger.ts'
import type { Clock } from '#core/clock.ts'
import type { SenderClock } from '#core/data-plane.ts'
import type { Config } from '#core/config.ts'
import type { Inventory } from '#province/inventory.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { clockOf } from './clock.ts'
import type { SenderRecord, Senders } from './senders.ts'
import type { SourcesStatus } from './sources-status.ts'

type Fates = Record<Fate, number>
type Heard = { received: number; lastReceivedAt: number; fates: Fates; origin: LedgerRow['origin'] }

const noFates = (): Fates => Object.fromEntries(fates.map((fate) => [fate, 0])) as Fates

/** The ledger per sender, its origins added up. */
function heardBySender(rows: readonly LedgerRow[]): Map<string, Heard> {
  const heard = new Map<string, Heard>()
  for (const row of rows) {
    const sum = heard.get(row.sender) ?? { received: 0, lastReceivedAt: 0, fates: noFates(), origin: row.origin }
    sum.received += row.received
    sum.lastReceivedAt = Math.max(sum.lastReceivedAt, row.lastReceivedAt)
    for (const fate of fates) sum.fates[fate] += row[fate]
    heard.set(row.sender, sum)
  }
  return heard
}

type Needs = { clock: Clock; config: Config; inventory: Inventory }
/** What the rows are made of: the senders, and what the data plane last counted for them. */
export type SourceParts = Needs & { senders: Pick<Senders, 'list' | 'get'>; sources(): SourcesStatus }

function rowOf(needs: Needs, sender: SenderRecord, heard: Heard | undefined, clock?: SenderClock): SourceRow {
  const last = heard?.lastReceivedAt ? heard.lastReceivedAt : null
  const awake = last !== null && needs.clock.now() - last <= silentAfterMs(needs.config, sender.origin)
  return {
    id: sender.id,
    name: sender.name,
    unit: needs.inventory.label(sender.unit),
    origin: sender.origin,
    enabled: sender.enabled,
    networks: sender.networks,
    tokens: sender.tokens,
    speaksFor: sender.speaksFor,
    utcOffsetMinutes: sender.utcOffsetMinutes,
    state: !sender.enabled ? 'off' : last === null ? 'never' : awake ? 'receiving' : 'silent',
    lastReceivedAt: last,
    received: heard?.received ?? 0,
    fates: heard?.fates ?? noFates(),
    clock: clockOf(sender.utcOffsetMinutes, clock)
  }
}

/** What the ledger knows and the accounts do not: unknown senders, and senders that were removed. */
function strangerOf(needs: Needs, id: string, heard: Heard): SourceRow {
  const sender: SenderRecord = {
    id,
    name: id,
    unit: UNASSIGNED,
    origin: heard.origin,
    networks: [],
    speaksFor: 'self',
    utcOffsetMinutes: 0,
    enabled: id === UNASSIGNED,
    tokens: 0
  }
  return { ...rowOf(needs, sender, heard), unit: { code: UNASSIGNED, name: '', district: '' } }
}

/**
 * Every source of a scope with its part of the ledger. Whoever sees the province also sees frames of unknown and removed
 * senders, so that the rows always add up to the ledger.
 */
export function sourceRows(context: SourceParts, scope: Scope): SourceRow[] {
  const status = context.sources()
  const heard = heardBySender(status.ledger?.rows ?? [])
  const clocks = new Map(status.clocks.map((clock) => [clock.sender, clock]))
  const senders = context.senders.list()
  const rows = senders
    .filter((sender) => inScope(scope, sender.unit))
    .map((sender) => rowOf(context, sender, heard.get(sender.id), clocks.get(sender.id)))
  if (scope !== undefined) return rows
  const ids = new Set(senders.map((sender) => sender.id))
  for (const [id, row] of heard) if (!ids.has(id) && row.received > 0) rows.push(strangerOf(context, id, row))
  return rows
}

/** One source as it stands now; undefined when there is none or it lies outside the scope. */
export function sourceRow(context: SourceParts, id: string, scope: Scope): SourceRow | undefined {
  const sender = context.senders.get(id)
  if (sender === undefined || !inScope(scope, sender.unit)) return undefined
  const { ledger, clocks } = context.sources()
  const clock = clocks.find(({ sender: of }) => of === id)
  return rowOf(context, sender, heardBySender(ledger?.rows ?? []).get(id), clock)
}

/** The whole screen: rows, ledger of the scope with its check, and the doors (for those who see the province). */
export function sourceList(context: SourceParts, scope: Scope): SourceList {
  const status = context.sources()
  const sources = sourceRows(context, scope)
  const sums = noFates()
  let received = 0
  for (const row of sources) {
    received += row.received
    for (const fate of fates) sums[fate] += row.fates[fate]
  }
  return {
    sources,
    ledger: {
      at: status.ledger?.at ?? context.clock.now(),
      received,
      fates: sums,
      balanced: status.ledger?.balanced ?? true,
      // Names senders of others: for those who see all of them.
      imbalance: scope === undefined ? (status.ledger?.imbalance ?? '') : ''
    },
    listeners: scope === undefined ? status.listeners : [],
    spool: status.spool,
    store: scope === undefined ? status.store : { ...status.store, reason: '' }
  }
}

/** Remembers the rows of the look before and gives those that differ; the first look only remembers. */
export function createChangeNotice(): (rows: readonly SourceRow[]) => SourceRow[] {
  let last: Map<string, string> | undefined
  return (rows) => {
    const now = new Map(rows.map((row) => [row.id, JSON.stringify(row)]))
    const before = last
    last = now
    return before === undefined ? [] : rows.filter((row) => before.get(row.id) !== now.get(row.id))
  }
}

import type { FastifyBaseLogger } from 'fastify'
import type {
  AlertAct,
  AlertActAnswer,
  AlertDetail,
  AlertList,
  IncidentAct,
  IncidentDetail,
  IncidentRow,
  QueueTab,
  ReplayAnswer,
  RuleDetail,
  RuleList,
  SourceList
} from '#core/api.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { Ledger } from '#core/ledger.ts'
import type { Level } from '#core/match.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#store/control/control.ts'
import type { StoreReader } from '#store/store.ts'
import type { Scope } from './scope.ts'

/** Who acts, as the story of an alert names it. */
export type Actor = { id: string; name: string }

export type AlertFilter = {
  tab: QueueTab
  /** Of whom `mine` speaks. */
  userId: string
  scope: Scope
  rule?: string
  level?: Level
  q?: string
  entity?: string
  incident?: string
  cursor?: string
  limit: number
}
export type IncidentFilter = { status?: IncidentRow['status']; scope: Scope; cursor?: string; limit: number }
export type IncidentList = { items: IncidentRow[]; total: number; cursor: string | null }

/**
 * Alerts and incidents of the control plane. Rows come unmasked; rights are checked here in the console before any call.
 * Refusals are SocErrors with a 4xx status.
 */
export type AlertsPart = {
  list(filter: AlertFilter): AlertList
  detail(id: string): AlertDetail | undefined
  act(act: AlertAct, actor: Actor): AlertActAnswer
  incidents(filter: IncidentFilter): IncidentList
  incident(id: string): IncidentDetail | undefined
  actOnIncident(id: string, act: IncidentAct, actor: Actor): IncidentDetail
  /** Affected unit of each of these alerts that exists. */
  unitsOf(ids: readonly string[]): Map<string, string>
  /** Counts within a scope; `mine` are the open alerts assigned to the user. */
  summary(scope: Scope, userId: string): { newAlerts: number; mine: number; openIncidents: number }
  /** Open alerts and incidents per affected unit; units without any are left out. */
  openByUnit(): Map<string, { alerts: number; incidents: number; worst: Level | null }>
}

/** What the data plane last said of itself. */
export type SourcesStatus = {
  /** Undefined until the threads have answered once. */
  ledger: Ledger | undefined
  listeners: SourceList['listeners']
  spool: SourceList['spool']
  store: SourceList['store']
}

export type RulesPart = {
  list(filter: { q?: string; state?: 'live' | 'off' | 'broken'; offset: number; limit: number }): RuleList
  detail(id: string): RuleDetail | undefined
}

/** Everything the console stands on, handed in by the composition root. */
export type Parts = {
  config: Config
  clock: Clock
  control: Control
  inventory: Inventory
  alerts: AlertsPart
  search: Omit<StoreReader, 'close'>
  sources(): SourcesStatus
  rules: RulesPart
  /** Puts dead letters back into the spool. */
  replay(ids: string[]): Promise<ReplayAnswer>
  demonstration: { status(): { running: boolean; startedAt: number } | null; end(): Promise<void> }
  /** Senders or tokens changed: the data plane needs this snapshot. */
  onSnapshotChanged(snapshot: DataPlaneSnapshot): void
  /** What /readyz asks: every part by name, with the reason when it is not ready. */
  readiness(): { name: string; ready: boolean; reason: string }[]
  /** Where senders reach the intake, for the snippets beside a new token. */
  intake(): { host: string; httpPort: number; syslogPort: number; tls?: boolean }
  version: string
  /** Folder of the built browser part; undefined serves the API alone. */
  webRoot?: string
  log?: FastifyBaseLogger
}

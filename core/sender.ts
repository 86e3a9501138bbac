import type { Origin } from './origin.ts'

/** What the intake needs to know of a sender. Known by token or source network, never by what a log says. */
export type Sender = {
  id: string
  name: string
  /** Code of the unit it belongs to. */
  unit: string
  origin: Origin
  /** SHA-256 hex of each valid token. */
  tokenHashes: string[]
  /** Source networks in CIDR form; two senders must not share one. */
  networks: string[]
  /** Units it may speak for: its own only, any, or these codes. */
  speaksFor: 'self' | 'any' | string[]
  /** Minutes east of UTC for times written without a zone. */
  utcOffsetMinutes: number
  enabled: boolean
}

/** Who may send heartbeats: a probe, the key its site signs with (as text), and the newest signed time that was taken. */
export type HeartbeatKey = { probe: string; key: string; lastAt: number; origin: Origin }

/** What the control plane hands down to the data plane: a new version replaces the old one whole. */
export type DataPlaneSnapshot = {
  version: number
  senders: Sender[]
  /** Host name or domain (lower-case) → unit code: how an affected unit is resolved. */
  unitByDomain: Record<string, string>
  /** Unit code → name as shown. */
  unitNames: Record<string, string>
  heartbeats?: HeartbeatKey[]
}

import { createHash } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { Origin } from '#core/origin.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import { DAY_MS } from '#core/time.ts'
import type { Inventory } from '#province/inventory.ts'
import { unitByDomain } from '#province/load.ts'
import type { Control } from '#control/database/control.ts'
import { networkKey } from '#core/network.ts'
import { unitText } from '#core/words.ts'
import { keepChange } from './feeds.ts'
import { readSourceNetwork, type SourceNetwork } from './networks.ts'

/** A sender as people manage it; its token hashes go only into the snapshot. */
export type SenderRecord = {
  id: string
  name: string
  unit: string
  origin: Origin
  networks: string[]
  speaksFor: 'self' | 'any' | string[]
  utcOffsetMinutes: number
  enabled: boolean
  /** Tokens that are valid now. */
  tokens: number
}
export type SenderDraft = Pick<SenderRecord, 'name' | 'unit' | 'networks' | 'speaksFor' | 'utcOffsetMinutes'>

/** Valid tokens one sender may hold: enough to exchange them machine by machine. */
const MAX_TOKENS = 20

type Row = {
  id: string
  name: string
  unit: string
  origin: Origin
  networks: string
  speaks_for: string
  utc_offset_minutes: number
  enabled: number
  tokens: number
}
const SELECT = `SELECT s.id, s.name, s.unit, s.origin, s.networks, s.speaks_for, s.utc_offset_minutes, s.enabled,
  (SELECT count(*) FROM tokens t WHERE t.sender_id = s.id AND t.revoked_at IS NULL) AS tokens FROM senders s`

const recordOf = (row: Row): SenderRecord => ({
  id: row.id,
  name: row.name,
  unit: row.unit,
  origin: row.origin,
  networks: JSON.parse(row.networks) as string[],
  speaksFor: JSON.parse(row.speaks_for) as SenderRecord['speaksFor'],
  utcOffsetMinutes: row.utc_offset_minutes,
  enabled: row.enabled === 1,
  tokens: row.tokens
})

/** Senders and their tokens in the control database. Every change raises the snapshot's version. */
export type Senders = {
  list(): SenderRecord[]
  get(id: string): SenderRecord | undefined
  /**
   * Throws 422 with the field's own code: `unit.unknown`, `network.…`, and 409 `network.taken` naming the other sender. The id
   * is random unless the demonstration names its own.
   */
  create(draft: SenderDraft, origin?: Origin, id?: string): SenderRecord
  change(id: string, change: Partial<SenderDraft & { enabled: boolean }>): SenderRecord
  /** A new token, shown once; the database keeps its SHA-256. It ends after `days`, or never. */
  newToken(id: string, createdBy: string, days?: number): string
  /** Revokes every token; returns how many were valid. */
  revokeTokens(id: string): number
  /** Removes the senders of an origin with their tokens: the end of a demonstration. */
  removeOrigin(origin: Origin): number
}

/** Throws 422 `unit.unknown` for a code that the inventory does not know. */
function checkUnit(inventory: Inventory, code: string) {
  if (inventory.unit(code) === undefined)
    throw new SocError('unit.unknown', 'the inventory has no such unit', {
      status: 422,
      params: { unit: code.slice(0, 50) }
    })
}

function checkSpeaksFor(inventory: Inventory, speaksFor: SenderRecord['speaksFor']) {
  if (Array.isArray(speaksFor)) for (const code of speaksFor) checkUnit(inventory, code)
}

/**
 * Canonical networks of a draft. Two senders must not share one: throws 409 `network.taken`. A smaller network inside a larger
 * one is another network, and the intake takes the smaller for its own.
 */
function freeNetworks(written: readonly string[], others: readonly SenderRecord[]): string[] {
  const asked = new Map<string, SourceNetwork>()
  for (const text of written) {
    const network = readSourceNetwork(text)
    asked.set(networkKey(network), network)
  }
  for (const sender of others) {
    for (const theirs of sender.networks) {
      const shared = asked.get(networkKey(readSourceNetwork(theirs)))
      if (shared !== undefined)
        throw new SocError('network.taken', 'another sender has this network', {
          status: 409,
          params: { network: shared.text, other: sender.name }
        })
    }
  }
  return [...asked.values()].map((network) => network.text)
}

/** The one writer of the tables `senders` and `tokens`. */
export function createSenders(control: Control, inventory: Inventory, clock: Clock): Senders {
  const get = (id: string) => {
    const row = control.get<Row>(`${SELECT} WHERE s.id = ?`, id)
    return row === undefined ? undefined : recordOf(row)
  }
  const list = () => control.all<Row>(`${SELECT} ORDER BY s.name, s.id`).map(recordOf)
  const known = (id: string) => {
    const sender = get(id)
    if (sender === undefined) throw new SocError('source.not_found', 'no such sender', { status: 404, params: { id } })
    return sender
  }

  return {
    list,
    get,
    create(draft, origin = 'real', id = randomId()) {
      return control.transaction(() => {
        checkUnit(inventory, draft.unit)
        checkSpeaksFor(inventory, draft.speaksFor)
        control
          .sql(
            `INSERT INTO senders (id, name, unit, origin, networks, speaks_for, utc_offset_minutes, enabled, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)`
          )
          .run(
            id,
            draft.name,
            draft.unit,
            origin,
            JSON.stringify(freeNetworks(draft.networks, list())),
            JSON.stringify(draft.speaksFor),
            draft.utcOffsetMinutes,
            clock.now()
          )
        const made = get(id)!
        keepChange(control, clock.now(), made)
        raiseVersion(control)
        return made
      })
    },
    change(id, change) {
      return control.transaction(() => {
        const old = known(id)
        if (change.unit !== undefined) checkUnit(inventory, change.unit)
        if (change.speaksFor !== undefined) checkSpeaksFor(inventory, change.speaksFor)
        const others = list().filter((sender) => sender.id !== id)
        const networks = change.networks === undefined ? old.networks : freeNetworks(change.networks, others)
        control
          .sql(
            'UPDATE senders SET name = ?, unit = ?, networks = ?, speaks_for = ?, utc_offset_minutes = ?, enabled = ? WHERE id = ?'
          )
          .run(
            change.name ?? old.name,
            change.unit ?? old.unit,
            JSON.stringify(networks),
            JSON.stringify(change.speaksFor ?? old.speaksFor),
            change.utcOffsetMinutes ?? old.utcOffsetMinutes,
            (change.enabled ?? old.enabled) ? 1 : 0,
            id
          )
        const now = get(id)!
        if (now.unit !== old.unit || now.enabled !== old.enabled) keepChange(control, clock.now(), now)
        raiseVersion(control)
        return now
      })
    },
    newToken(id, createdBy, days) {
      return control.transaction(() => {
        if (known(id).tokens >= MAX_TOKENS)
          throw new SocError('token.too_many', 'this sender holds too many tokens', {
            status: 409,
            params: { max: MAX_TOKENS }
          })
        // The prefix lets secret scanners and people see what it is.
        const now = clock.now()
        const token = `vl_${randomId(32)}`
        control
          .sql('INSERT INTO tokens (hash, id, sender_id, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?)')
          .run(tokenHash(token), randomId(8), id, now, createdBy, days === undefined ? null : now + days * DAY_MS)
        raiseVersion(control)
        return token
      })
    },
    revokeTokens(id) {
      return control.transaction(() => {
        known(id)
        const { changes } = control
          .sql('UPDATE tokens SET revoked_at = ? WHERE sender_id = ? AND revoked_at IS NULL')
          .run(clock.now(), id)
        raiseVersion(control)
        return Number(changes)
      })
    },
    removeOrigin(origin) {
      return control.transaction(() => {
        const { changes } = control.sql('DELETE FROM senders WHERE origin = ?').run(origin)
        raiseVersion(control)
        return Number(changes)
      })
    }
  }
}

/** SHA-256 hex of a token, as the intake compares it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

const VERSION_KEY = 'snapshot_version'

/** Whatever the data plane must know of has changed. */
export function raiseVersion(control: Control) {
  control
    .sql(
      `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`
    )
    .run(VERSION_KEY)
}

/** Grows with every change of senders and tokens. */
export function snapshotVersion(control: Control): number {
  const row = control.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', VERSION_KEY)
  return Number(row?.value ?? 0)
}

type Names = Pick<DataPlaneSnapshot, 'unitByDomain' | 'unitNames'>
// The inventory does not change while the process runs; its files are read once.
const namesOf = new WeakMap<Inventory, Names>()

function names(inventory: Inventory): Names {
  let known = namesOf.get(inventory)
  if (known === undefined) {
    const unitNames: Record<string, string> = {}
    for (const { code } of inventory.units()) {
      unitNames[code] = unitText(inventory.label(code))
    }
    known = { unitNames, unitByDomain: unitByDomain(inventory) }
    namesOf.set(inventory, known)
  }
  return known
}

/** What the data plane needs of the control database as it stands now: senders with the hashes of their valid tokens. */
export function dataPlaneSnapshot(control: Control, inventory: Inventory): DataPlaneSnapshot {
  // Reading needs no clock.
  const senders = createSenders(control, inventory, { now: () => 0 }).list()
  const hashes = new Map<string, string[]>()
  for (const token of control.all<{
    sender_id: string
    hash: string
  }>('SELECT sender_id, hash FROM tokens WHERE revoked_at IS NULL'))
    hashes.set(token.sender_id, [...(hashes.get(token.sender_id) ?? []), token.hash])
  return {
    version: snapshotVersion(control),
    senders: senders.map(({ tokens: _count, ...sender }) => ({ ...sender, tokenHashes: hashes.get(sender.id) ?? [] })),
    ...names(inventory)
  }
}

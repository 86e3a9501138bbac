import type { EcsEvent } from '#core/event.ts'
import type { LedgerRow } from '#core/ledger.ts'
import type { SearchHit } from '#core/event-search.ts'
import type { DeadLetter } from '#core/store-entry.ts'
import { loadInventory } from '#province/load.ts'

/*
 * What the data plane's threads would answer to a console under test: events, dead letters and the ledger, as plain
 * values that a test looks at and changes.
 */

export const START = Date.UTC(2023, 10, 30, 3, 0, 0)
/** Two communes of different districts. */
export const OWN = '19750'
export const FOREIGN = '19822'
/** A citizen number and a phone number that must never be seen whole. */
export const CITIZEN = '046201001289'
export const PHONE = '0912345678'
/** Markup as an attacker writes it into a log. */
export const SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'

export const inventory = loadInventory('2023-11-30')

export function event(id: string, unit: string, senderUnit = unit): EcsEvent {
  return {
    '@timestamp': new Date(START).toISOString(),
    event: { id, created: new Date(START).toISOString(), kind: 'event', original: `cccd=${CITIZEN} ${SCRIPT}` },
    message: `GET /tra-cuu?so=${CITIZEN} ${SCRIPT}`,
    user: { phone: PHONE },
    organization: { id: unit, name: inventory.label(unit).name },
    soc: { origin: 'real', sender: 's', sender_unit: senderUnit, listener: 'http', peer: '192.0.2.1:1', parser: 'ecs' }
  }
}

export function ledgerRow(sender: string, more: Partial<LedgerRow> = {}): LedgerRow {
  return {
    sender,
    origin: 'real',
    received: 10,
    lastReceivedAt: START,
    stored: 8,
    duplicate: 0,
    joined: 0,
    dead_lettered: 1,
    dropped: 0,
    queued: 1,
    ...more
  }
}

/** An open alert alone at either commune; an incident of each alone and one of both, with the alerts in them. */
export type TriageIds = Readonly<
  Record<'own' | 'foreign', string> &
    Record<'ownIncident' | 'foreignIncident' | 'sharedIncident', string> &
    Record<'inOwn' | 'inForeign' | 'sharedOwn' | 'sharedForeign', string>
>

export type World = {
  /** Alerts and incidents that the control plane has when the console opens. */
  ids: TriageIds
  events: SearchHit[]
  letters: DeadLetter[]
  ledger: LedgerRow[]
  /** What was asked of the store, and what was announced; newest last. */
  asked: unknown[]
  snapshots: unknown[]
  replayed: string[][]
  demonstration: { running: boolean; startedAt: number } | null
  /** Whether the store is away. */
  failing: boolean
}

export function worldOf(ids: TriageIds): World {
  const hit = (id: string, unit: string, senderUnit = unit): SearchHit => ({
    id,
    time: START,
    origin: 'real',
    event: event(id, unit, senderUnit)
  })
  const letter = (id: string, unit: string): DeadLetter => ({
    id,
    code: 'parse.no_parser',
    detail: `không đọc được ${CITIZEN}`,
    listener: 'http',
    peer: '192.0.2.1:1',
    unit,
    hint: '',
    flags: 0,
    clientKey: '',
    raw: Buffer.from(`\0${SCRIPT} ${CITIZEN}`).toString('base64'),
    sender: 's',
    origin: 'real',
    receivedAt: START,
    offset: 1
  })
  return {
    ids,
    events: [hit('e-own', OWN), hit('e-foreign', FOREIGN), hit('e-sent', FOREIGN, OWN)],
    letters: [letter('d-own', OWN), letter('d-foreign', FOREIGN)],
    ledger: [],
    asked: [],
    snapshots: [],
    replayed: [],
    demonstration: { running: true, startedAt: START },
    failing: false
  }
}

import type { EcsEvent, Json } from '#core/event.ts'
import type { SpooledFrame } from '#core/frame.ts'
import type { DataPlaneSnapshot, Sender } from '#core/sender.ts'
import { createInterpreter } from '#collector/interpret.ts'

/** Receive time of every test frame unless it says otherwise. */
export const RECEIVED_AT = Date.parse('2026-11-23T00:35:00.000Z')

export const commune: Sender = {
  id: 'phong-thu',
  name: 'Cổng thông tin xã Phong Thu',
  unit: '19849',
  origin: 'real',
  tokenHashes: [],
  networks: [],
  speaksFor: 'self',
  utcOffsetMinutes: 420,
  enabled: true
}
/** A shared platform that may speak for every unit. */
export const platform: Sender = { ...commune, id: 'lgsp', name: 'LGSP', unit: 'H57.stttt', speaksFor: 'any' }

export const snapshot: DataPlaneSnapshot = {
  version: 1,
  senders: [commune, platform],
  unitByDomain: { 'phongthu.example': '19849', 'xuanphu.example': '19792', 'web-phongan': '19858' },
  unitNames: { '19849': 'Xã Phong Thu', '19792': 'Phường Xuân Phú', '19858': 'Xã Phong An', 'H57.stttt': 'Sở TT&TT' }
}

export function frameOf(raw: string | Buffer, over: Partial<SpooledFrame> = {}): SpooledFrame {
  return {
    receivedAt: RECEIVED_AT,
    listener: 'syslog-tcp',
    origin: 'real',
    peer: '192.0.2.200:40000',
    sender: commune.id,
    unit: commune.unit,
    hint: '',
    flags: 0,
    clientKey: '',
    raw: typeof raw === 'string' ? Buffer.from(raw) : raw,
    partition: 0,
    offset: 7,
    id: 'spool-7',
    ...over
  }
}

export const interpreter = createInterpreter(snapshot)

/** The event of a frame; throws with the rejection when it became a dead letter. */
export function eventOf(raw: string | Buffer, over: Partial<SpooledFrame> = {}): EcsEvent {
  const outcome = interpreter.interpret(frameOf(raw, over))
  if ('event' in outcome) return outcome.event
  throw new Error(`dead letter: ${outcome.rejected.code}: ${outcome.rejected.detail}`)
}

/** The code under which a frame became a dead letter; '' when it became an event. */
export function rejectionOf(raw: string | Buffer, over: Partial<SpooledFrame> = {}): string {
  const outcome = interpreter.interpret(frameOf(raw, over))
  return 'rejected' in outcome ? outcome.rejected.code : ''
}

/** Value at a dotted name. */
export function at(event: Json | undefined, name: string): Json | undefined {
  let value: Json | undefined = event
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = value[part]
  }
  return value
}

/** Several values at once, for one assertion. */
export function pick(event: EcsEvent, ...names: string[]): Record<string, Json | undefined> {
  return Object.fromEntries(names.map((name) => [name, at(event, name)]))
}

import type { JsonObject } from '#core/event.ts'
import type { DataPlaneSnapshot, Sender } from '#core/sender.ts'

/** Most labels of a host name that are looked up; a name of 200 labels is an attacker's. */
const MAX_LABELS = 10

/** Answers whose system an event is about. Built once per snapshot. */
export type UnitResolver = {
  /** Code of the affected unit; the sender's own unit unless the sender may speak for the one that is named. */
  affected(sender: Sender | undefined, senderUnit: string, fields: JsonObject, claims: readonly string[]): string
  /** Name as shown; the code itself for a unit that is not in the inventory. */
  name(unit: string): string
}

export function createUnitResolver(snapshot: DataPlaneSnapshot): UnitResolver {
  // Maps, not records: a host named "constructor" must find nothing.
  const byDomain = new Map(Object.entries(snapshot.unitByDomain))
  const names = new Map(Object.entries(snapshot.unitNames))

  /** The host itself, else the nearest domain above it that is listed. */
  function unitOf(host: unknown): string | undefined {
    if (typeof host !== 'string' || host === '' || host.length > 253) return undefined
    let name = host.toLowerCase()
    if (name.endsWith('.')) name = name.slice(0, -1)
    for (let labels = 0; labels < MAX_LABELS; labels++) {
      const unit = byDomain.get(name)
      if (unit !== undefined) return unit
      const dot = name.indexOf('.')
      if (dot < 0) return undefined
      name = name.slice(dot + 1)
    }
    return undefined
  }

  return {
    affected(sender, senderUnit, fields, claims) {
      if (sender === undefined || sender.speaksFor === 'self') return senderUnit
      const grants = sender.speaksFor
      const granted = (unit: string | undefined): unit is string =>
        unit !== undefined && (grants === 'any' || unit === senderUnit || grants.includes(unit))
      for (const claim of claims) if (names.has(claim) && granted(claim)) return claim
      // Who was asked about, before who says so: a shared host serves many sites.
      const places = [
        inside(fields, 'url', 'domain'),
        inside(fields, 'destination', 'domain'),
        inside(fields, 'host', 'name')
      ]
      for (const place of places) {
        const unit = unitOf(place)
        if (granted(unit)) return unit
      }
      return senderUnit
    },
    name: (unit) => names.get(unit) ?? unit
  }
}

function inside(fields: JsonObject, set: string, leaf: string): unknown {
  const value = fields[set]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[leaf] : undefined
}

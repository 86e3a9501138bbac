import type { ModelHealthDetail, Outage, ProbeRow, SystemDetail, Wall } from '#core/api/health.ts'
import type { Role } from '#core/roles.ts'
import { may } from '#control/rights/permissions.ts'
import type { Inventory } from '#province/inventory.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'

/** Whose eyes: a role and a set of units. */
export type Eyes = { role: Role; scope: Scope }
/** Whom an outage was announced to, and when it was taken up; null when nobody has been notified yet. */
export type NotifiedOf = (incident: string, since?: number) => NonNullable<Outage['notified']> | null
type Needs = { inventory: Inventory; notifiedOf: NotifiedOf }

/**
 * Whether a system's inside (probes, planned work) belongs to a scope: its owner does. What nobody in the inventory owns,
 * and our own uplink, belongs to those who see the province.
 */
export function systemInScope(context: Pick<Needs, 'inventory'>, scope: Scope, system: string): boolean {
  if (scope === undefined) return true
  const owner = context.inventory.system(system)?.owner ?? ''
  return owner !== '' && inScope(scope, owner)
}

const mayHold = (role: Role, permission: 'alerts.read' | 'incidents.read' | 'probes.read') =>
  may({ role, mayUnmask: false }, permission)

/** States and causes are everybody's; the alert, the incident behind them and who was told of it only of those who may open them. */
function outageView(context: Needs, outage: Outage, { role, scope }: Eyes): Outage {
  const mine = systemInScope(context, scope, outage.system)
  const notified =
    outage.incident === null || !mine ? null : (outage.notified ?? context.notifiedOf(outage.incident, outage.since))
  const { notified: _told, ...shown } = outage
  return {
    ...shown,
    alert: mine && mayHold(role, 'alerts.read') ? outage.alert : null,
    incident: mine && mayHold(role, 'incidents.read') ? outage.incident : null,
    ...(notified === null ? {} : { notified: notified })
  }
}

/** The wall as these eyes may see it. */
export function wallView(context: Needs, wall: Wall, eyes: Eyes): Wall {
  return { ...wall, outages: wall.outages.map((outage) => outageView(context, outage, eyes)) }
}

/** Probes name addresses inside the networks of their systems: for those who may read them, within the scope. */
export function probesView(context: Pick<Needs, 'inventory'>, probes: readonly ProbeRow[], eyes: Eyes): ProbeRow[] {
  if (!mayHold(eyes.role, 'probes.read')) return []
  return probes.filter((probe) => systemInScope(context, eyes.scope, probe.draft.system))
}

export function modelHealthView(context: Needs, detail: ModelHealthDetail, eyes: Eyes): ModelHealthDetail {
  return { ...detail, probes: probesView(context, detail.probes, eyes) }
}

export function systemView(context: Needs, detail: SystemDetail, eyes: Eyes): SystemDetail {
  return { ...detail, probes: probesView(context, detail.probes, eyes) }
}

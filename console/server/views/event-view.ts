import type { EventHit } from '#core/api/sources.ts'
import type { JsonObject } from '#core/event.ts'
import type { SearchHit } from '#core/event-search.ts'
import type { Context } from '../context.ts'
import { maskText } from '#control/rights/masking.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'

const SUMMARY_LENGTH = 300

const textAt = (event: JsonObject, ...path: string[]): string => {
  let value: unknown = event
  for (const key of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** One line for the list: what the event says of itself, else its action and host. Masked before it is cut. */
export function summarise(event: JsonObject): string {
  const written = textAt(event, 'message') || textAt(event, 'event', 'original')
  const line =
    written ||
    [textAt(event, 'event', 'action'), textAt(event, 'user', 'name'), textAt(event, 'host', 'name')]
      .filter((part) => part !== '')
      .join(' · ')
  // Cutting first could leave half a citizen number, which no mask would know.
  return maskText(line.slice(0, 4 * SUMMARY_LENGTH))
    .slice(0, SUMMARY_LENGTH)
    .replace(/\s+/g, ' ')
    .trim()
}

/** Both units of an event: whose system it is about, and who sent it. Either may see it. */
export function mayReadEvent(event: SearchHit['event'], scope: Scope): boolean {
  return scope === undefined || inScope(scope, event.organization.id) || inScope(scope, event.soc.sender_unit)
}

export function eventView(context: Pick<Context, 'inventory'>, hit: SearchHit): EventHit {
  return {
    id: hit.id,
    time: hit.time,
    origin: hit.origin,
    unit: context.inventory.label(hit.event.organization.id),
    summary: summarise(hit.event),
    event: hit.event
  }
}

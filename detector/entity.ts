import type { EcsEvent } from '#core/event.ts'
import type { Entity } from '#core/match.ts'
import { readField, toField, type Field } from './event-fields.ts'
import type { SigmaEvent } from './sigma/parse/types.ts'

const user = toField('user.name')
const address = toField('source.ip')
const domain = toField('url.domain')
const host = toField('host.name')

/** Who a match is about when its rule does not say: the first category of the event decides. */
const byCategory: { categories: readonly string[]; fields: readonly Field[] }[] = [
  { categories: ['authentication'], fields: [user, address] },
  { categories: ['web'], fields: [address, domain] },
  { categories: ['network', 'intrusion_detection'], fields: [address] }
]

/**
 * The entity of a match: the rule's own fields, else those of the category, else the host, else the affected unit.
 * Fields that the event lacks are left out; when it lacks all of them, the next choice is taken.
 */
export function entityOf(event: EcsEvent, sigma: SigmaEvent | undefined, own: readonly Field[] | undefined): Entity {
  if (own) {
    const entity = pick(event, sigma, own)
    if (entity) return entity
  } else {
    const categories = categoriesOf(event)
    for (const choice of byCategory) {
      if (!choice.categories.some((category) => categories.includes(category))) continue
      const entity = pick(event, sigma, choice.fields)
      if (entity) return entity
    }
  }
  return (
    pick(event, sigma, [host]) ?? {
      key: event.organization.id.toLowerCase(),
      fields: { 'organization.id': event.organization.id }
    }
  )
}

/** The bar between the values cannot stand inside one: two pairs of values never make one key. */
function pick(event: EcsEvent, sigma: SigmaEvent | undefined, wanted: readonly Field[]): Entity | undefined {
  const fields: Record<string, string> = {}
  const key: string[] = []
  for (const field of wanted) {
    const value = readField(event, sigma, field)
    key.push(value === undefined ? '' : value.toLowerCase().toWellFormed().replaceAll('|', '%7c'))
    if (value !== undefined) fields[field.name] = value
  }
  return key.every((value) => value === '') ? undefined : { key: key.join('|'), fields }
}

function categoriesOf(event: EcsEvent): readonly unknown[] {
  const category = event.event['category']
  return Array.isArray(category) ? category : [category]
}

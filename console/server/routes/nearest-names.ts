import type { Json } from '#core/event.ts'

/** Names of all events that are kept, objects inside objects that are walked, names that are answered. */
const MAX_NAMES = 4_000
const MAX_DEPTH = 16
const MAX_NEAREST = 3
const MAX_CHARACTERS = 100
/** Always there to be asked, also when no recent event has them. */
const usual = `@timestamp message host.name user.name source.ip source.port destination.ip destination.port event.code
  event.action event.outcome event.dataset process.name process.command_line url.path rule.name
  http.response.status_code organization.id`.split(/\s+/)

/** The dotted names of the fields in these events. */
export function fieldsIn(events: readonly object[]): string[] {
  const names = new Set(usual)
  const walk = (node: Json, path: string, depth: number) => {
    if (node === null || names.size >= MAX_NAMES || depth > MAX_DEPTH) return
    if (Array.isArray(node)) for (const one of node) walk(one, path, depth + 1)
    else if (typeof node !== 'object') names.add(path)
    else for (const name of Object.keys(node)) walk(node[name]!, path === '' ? name : `${path}.${name}`, depth + 1)
  }
  for (const event of events) walk(event as Json, '', 0)
  return [...names]
}

/** The names nearest to one that nobody has: few letters apart, the same last part, or holding it. */
export function nearestNames(field: string, known: readonly string[]): string[] {
  const wanted = field.toLowerCase().slice(0, MAX_CHARACTERS)
  const last = wanted.slice(wanted.lastIndexOf('.') + 1)
  const most = Math.max(2, Math.ceil(wanted.length / 4))
  return known
    .filter((name) => name.length <= MAX_CHARACTERS && name !== field)
    .map((name) => {
      const lower = name.toLowerCase()
      const related = lower.endsWith(`.${last}`) || (!wanted.includes('.') && lower.split('.').includes(wanted))
      const apart = distance(wanted, lower)
      return { name, apart: apart <= most ? apart : related ? most + apart / MAX_CHARACTERS : Infinity }
    })
    .filter(({ apart }) => apart < Infinity)
    .sort((a, b) => a.apart - b.apart || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NEAREST)
    .map(({ name }) => name)
}

/** Letters to add, drop, change or swap with their neighbour to make one text of another. */
function distance(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[to.length]!
}

import type { EcsEvent, Json, JsonObject } from '#core/event.ts'
import type { EncodedEvent, EventColumns } from '#core/store-entry.ts'
import { cutText } from './bounds.ts'

/** Longest search text of one event, UTF-8 bytes. */
export const MAX_SEARCH_BYTES = 8_192

type Path = readonly string[]
const paths = (names: string): Path[] => names.split(/\s+/).map((name) => name.split('.'))

/** Fields with an index of their own. */
const columnNames = [
  'host.name',
  'user.name',
  'source.ip',
  'destination.ip',
  'event.code',
  'event.action',
  'event.outcome',
  'event.dataset',
  'process.name',
  'url.path',
  'rule.name'
] as const satisfies readonly (keyof EventColumns)[]
const columnPaths = columnNames.map((name) => [name, name.split('.')] as const)

/** What people type into the search line, most telling first: when the text is full, the rest is found by field only. */
const searched = paths(
  `message process.command_line url.original url.domain user_agent.original file.path process.executable
  process.parent.command_line process.parent.executable user.name user.effective.name user.target.name host.name source.ip
  source.address destination.ip destination.domain dns.question.name registry.path rule.name event.action event.code
  service.name group.name http.request.referrer process.name observer.name error.message registry.data.strings
  vong_lau.exchange.consumer vong_lau.exchange.provider vong_lau.exchange.actor organization.name`
)

function valueAt(event: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = event
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}

/** A scalar as text, the first of an array; '' for what is neither. */
function scalar(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) && value.length > 0 && !Array.isArray(value[0]) ? scalar(value[0]) : ''
}

/** Every value of an indexed field, one a line: whoever asks for one of several finds the event. */
function columnText(value: Json | undefined): string {
  const values = Array.isArray(value) ? value.map(scalar) : [scalar(value)]
  return values
    .filter((one) => one !== '')
    .map((one) => one.replace(/\n/g, ' '))
    .join('\n')
}

/** An ECS event as every store takes it: compact JSON, the indexed columns, the words to search. */
export function encodeEvent(event: EcsEvent): EncodedEvent {
  const columns = {} as EventColumns
  for (const [name, path] of columnPaths) columns[name] = columnText(valueAt(event, path))
  return {
    id: event.event.id,
    time: Date.parse(event['@timestamp']),
    json: JSON.stringify(event),
    unit: event.organization.id,
    senderUnit: event.soc.sender_unit,
    columns,
    text: searchText(event)
  }
}

/** True when `value` stands in `text` as whole words: 192.0.2.1 inside 192.0.2.15 does not count. */
function holdsWord(text: string, value: string): boolean {
  const at = text.indexOf(value)
  if (at < 0) return false
  const isWord = (code: number) =>
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 127
  return !isWord(text.charCodeAt(at - 1)) && !isWord(text.charCodeAt(at + value.length))
}

/** Distinct words in the order of `searched`; NUL would end the text for SQLite. */
function searchText(event: EcsEvent): string {
  let text = ''
  for (const path of searched) {
    const value = scalar(valueAt(event, path))
    // The message usually holds the address and the name already.
    if (value === '' || holdsWord(text, value)) continue
    text = text === '' ? value : `${text} ${value}`
    if (text.length >= MAX_SEARCH_BYTES) break
  }
  if (text.includes('\0')) text = text.replaceAll('\0', ' ')
  return cutText(text, MAX_SEARCH_BYTES)
}

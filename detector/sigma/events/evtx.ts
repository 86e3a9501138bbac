import type { Json, JsonObject } from '#core/event.ts'

/** Header fields that no field of the event's data may replace: they decide where the event belongs. */
const header = new Set(['EventID', 'Channel', 'Provider_Name', 'Computer'])

/** True for the nested form of evtx_dump: `{ Event: { System, EventData | UserData } }`, attributes under #attributes. */
export function isEvtx(document: JsonObject): boolean {
  const event = document['Event']
  return isObject(event) && isObject(event['System'])
}

/** The same event with the names that rules use: `Provider_Name`, `EventID`, and the data's own names without spaces. */
export function flattenEvtx(document: JsonObject): JsonObject {
  const event = document['Event'] as JsonObject
  // Without a prototype, `__proto__` is a key as any other.
  const flat = Object.create(null) as JsonObject
  for (const [key, value] of Object.entries(event['System'] as JsonObject)) addHeader(flat, key, value)
  addData(flat, event['EventData'])
  const user = event['UserData']
  // The data of a user event stands one level deeper, below a name of its provider's choice.
  if (isObject(user)) for (const [key, value] of Object.entries(user)) if (key !== '#attributes') addData(flat, value)
  return flat
}

function addHeader(flat: JsonObject, key: string, value: Json): void {
  if (!isObject(value)) {
    if (value !== null) flat[key] = value
    return
  }
  const text = value['#text']
  if (text !== undefined) flat[key] = text
  const attributes = value['#attributes']
  if (!isObject(attributes)) return
  for (const [name, attribute] of Object.entries(attributes)) {
    // The time is known by its own name, the rest by element and attribute.
    flat[key === 'TimeCreated' ? name : `${key}_${name}`] = attribute
  }
}

function addData(flat: JsonObject, data: Json | undefined): void {
  if (!isObject(data)) return
  for (const [key, value] of Object.entries(data)) {
    if (key === '#attributes') continue
    if (!header.has(key.replaceAll(' ', '')))
      flat[key] = isObject(value) && value['#text'] !== undefined ? value['#text'] : value
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

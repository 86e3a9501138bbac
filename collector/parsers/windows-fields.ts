import type { Json, JsonObject } from '#core/event.ts'
import { distinct, plainIp, readPort } from './addresses.ts'

/** The named values of a Windows event (`EventData`), as text; what is no scalar is not there. */
export type EventData = {
  /** '' when absent or "-", which is how Windows writes "nothing". */
  text(name: string): string
}

export function eventData(values: JsonObject): EventData {
  return {
    text(name) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (typeof value === 'number') return String(value)
      return typeof value === 'string' && value !== '-' ? value : ''
    }
  }
}

/** Last part of a Windows path. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1)
}

/** Decimal, or hexadecimal with 0x as Security writes process ids; undefined when it is no number. */
export function readPid(text: string): number | undefined {
  const value = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : Number.NaN
  return Number.isNaN(value) ? undefined : value
}

/** Puts a value that is neither absent nor empty. */
export function put(target: JsonObject, key: string, value: Json | undefined): void {
  if (value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)) target[key] = value
}

/** Puts an object that has at least one key. */
export function putObject(target: JsonObject, key: string, value: JsonObject): void {
  if (Object.keys(value).length > 0) target[key] = value
}

/** `DOMAIN\name` → ECS user. */
export function accountOf(text: string): JsonObject {
  const slash = text.indexOf('\\')
  const user: JsonObject = {}
  put(user, 'name', slash < 0 ? text : text.slice(slash + 1))
  if (slash > 0) put(user, 'domain', text.slice(0, slash))
  return user
}

/** `MD5=…,SHA256=…,IMPHASH=…` → ECS hash and the import hash, lower-case. */
export function readHashes(text: string): { hash: JsonObject; imphash: string } {
  const hash: JsonObject = {}
  let imphash = ''
  for (const part of text.split(',', 8)) {
    const [name = '', value = ''] = part.split('=', 2)
    const kind = name.trim().toLowerCase()
    if (!/^[0-9a-f]{16,128}$/i.test(value)) continue
    if (kind === 'imphash') imphash = value.toLowerCase()
    else if (kind === 'md5' || kind === 'sha1' || kind === 'sha256' || kind === 'sha512')
      hash[kind] = value.toLowerCase()
  }
  return { hash, imphash }
}

/** ECS process of `Image` + `ProcessId` (Sysmon names); prefix for Parent, Source and Target. */
export function processOf(data: EventData, names: { image: string; pid: string; guid?: string }): JsonObject {
  const process: JsonObject = {}
  const image = data.text(names.image)
  put(process, 'executable', image)
  put(process, 'name', baseName(image))
  put(process, 'pid', readPid(data.text(names.pid)))
  if (names.guid !== undefined) put(process, 'entity_id', data.text(names.guid))
  return process
}

/** ECS file of a Windows path. */
export function fileOf(path: string): JsonObject {
  const file: JsonObject = {}
  if (path === '') return file
  const name = baseName(path)
  put(file, 'path', path)
  put(file, 'name', name)
  put(file, 'directory', path.slice(0, Math.max(0, path.length - name.length - 1)))
  const dot = name.lastIndexOf('.')
  if (dot > 0 && name.length - dot <= 16) put(file, 'extension', name.slice(dot + 1).toLowerCase())
  return file
}

/** ECS registry of `HKLM\…\value`; hive names are shortened as ECS does. */
export function registryOf(target: string, details: string, valueNamed: boolean): JsonObject {
  const registry: JsonObject = {}
  if (target === '') return registry
  const path = target
  const parts = path.split('\\')
  const hives: Record<string, string> = {
    HKEY_LOCAL_MACHINE: 'HKLM',
    HKEY_CURRENT_USER: 'HKCU',
    HKEY_USERS: 'HKU',
    HKEY_CLASSES_ROOT: 'HKCR',
    HKEY_CURRENT_CONFIG: 'HKCC'
  }
  put(registry, 'path', path)
  const hive = parts[0] ?? ''
  put(registry, 'hive', Object.hasOwn(hives, hive) ? hives[hive] : hive)
  put(registry, 'key', parts.slice(1, valueNamed ? -1 : undefined).join('\\'))
  if (valueNamed) put(registry, 'value', parts.at(-1))
  if (details !== '') registry['data'] = { strings: [details] }
  return registry
}

/** One end of a connection. Addresses get their one spelling: zones and IPv4 written as IPv6 (`::ffff:192.0.2.1`) are plain. */
export function endOf(address: string, port: string, host = ''): JsonObject {
  const end: JsonObject = {}
  const ip = plainIp(address)
  const plain = ip === '' ? address : ip
  put(end, 'address', plain === '' ? host : plain)
  put(end, 'ip', ip)
  put(end, 'domain', host)
  const number = readPort(port)
  if (number > 0) end['port'] = number
  return end
}

/** ECS `related.*` out of what an event names. */
export function relate(fields: JsonObject, users: string[], addresses: string[], hosts: string[]): void {
  const related: JsonObject = {}
  put(related, 'user', distinct(...users))
  put(related, 'ip', addresses.length === 0 ? [] : distinct(...addresses.map(plainIp)))
  put(related, 'hosts', distinct(...hosts))
  putObject(fields, 'related', related)
}

/** Text of a field of a nested object, '' when absent. */
export function textIn(object: Json | undefined, key: string): string {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return ''
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

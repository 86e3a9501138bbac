import { isIP } from 'node:net'
import { parseNetwork } from './network.ts'
import { roles, type Role } from './roles.ts'

/** One setting: how its text is read (undefined refuses it), what is allowed (for the message), its default as text. */
export type Setting<T> = { read(text: string): T | undefined; allowed: string; fallback: string; about: string }

export const text = (about: string, fallback: string, allowed = 'text'): Setting<string> => ({
  read: (value) => value,
  allowed,
  fallback,
  about
})
export const integer = (about: string, fallback: number, min: number, max: number): Setting<number> => ({
  read: (value) => (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined),
  allowed: `a whole number from ${min} to ${max}`,
  fallback: String(fallback),
  about
})
export const choice = <T extends string>(about: string, values: readonly T[], fallback: T): Setting<T> => ({
  read: (value) => values.find((candidate) => candidate === value.toLowerCase()),
  allowed: values.join(' or '),
  fallback,
  about
})
const flagWords: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['true', true],
  ['off', false],
  ['false', false]
])
export const flag = (about: string, fallback: boolean): Setting<boolean> => ({
  read: (value) => flagWords.get(value.toLowerCase()),
  allowed: 'on or off',
  fallback: fallback ? 'on' : 'off',
  about
})
export const address = (about: string, fallback: string): Setting<string> => ({
  read: (value) => (isIP(value) ? value : undefined),
  allowed: 'an IP address such as 127.0.0.1 or 0.0.0.0',
  fallback,
  about
})
export const port = (about: string, fallback: number) =>
  integer(`${about}; 0 lets the system choose`, fallback, 0, 65_535)
/** One address with a host that can be one: a list, or two addresses run together, is none. */
function isOneAddress(value: string): boolean {
  if (!/^https?:\/\/\S+$/.test(value) || !URL.canParse(value)) return false
  const { hostname } = new URL(value)
  return /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)$/i.test(hostname)
}
export const url = (about: string, fallback: string): Setting<string> => ({
  read: (value) => (value === '' || isOneAddress(value) ? value : undefined),
  allowed: 'one http:// or https:// address, or empty',
  fallback,
  about
})
export const list = (about: string, fallback: string): Setting<string[]> => ({
  read: (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  allowed: 'paths separated by commas',
  fallback,
  about
})

/** `group=role` pairs, as the identity provider names its groups. */
export const groupRoles = (about: string): Setting<{ group: string; role: Role }[]> => ({
  read(value) {
    const pairs = value
      .split(',')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '')
      .map((pair) => {
        const at = pair.lastIndexOf('=')
        return {
          group: pair.slice(0, Math.max(0, at)).trim(),
          role: roles.find((role) => role === pair.slice(at + 1).trim())
        }
      })
    return pairs.every((pair) => pair.group !== '' && pair.role !== undefined)
      ? (pairs as { group: string; role: Role }[])
      : undefined
  },
  allowed: `pairs such as soc-team=analyst separated by commas; roles: ${roles.join(', ')}`,
  fallback: '',
  about
})
export const networks = (about: string, fallback: string): Setting<string[]> => ({
  read: (value) => {
    const parts = list(about, fallback).read(value) ?? []
    try {
      parts.forEach(parseNetwork)
      return parts
    } catch {
      return undefined
    }
  },
  allowed: 'networks such as 192.0.2.0/24 separated by commas, or empty',
  fallback,
  about
})

/** Settings by name, and the values that are read from them. */
export type SettingTable = Readonly<Record<string, Setting<unknown>>>
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never
}

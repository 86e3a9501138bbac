import { address } from './routes.ts'

/** What Enter in the box at the top does. */
export type Errand = { kind: 'alert' | 'incident' | 'task' | 'address' | 'events'; said: string; url: string }

const pages = new Map([
  ['CB', ['alert', 'alerts']],
  ['VL', ['incident', 'incidents']],
  ['NV', ['task', 'tasks']]
] as const)
const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/
const ipv6 = /^(?=.*::)[0-9a-f:]{2,39}$|^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/i

/** Reads what was typed: a code opens what it names, an address is looked for in fields and messages, else events are searched. */
export function errandOf(typed: string): Errand {
  const words = typed.trim()
  const code = /^(CB|VL|NV)[-\s]?(\d{1,9})$/i.exec(words)
  const page = pages.get(code?.[1]?.toUpperCase() as 'CB' | 'VL' | 'NV')
  if (code !== null && page !== undefined) {
    const id = `${code[1]!.toUpperCase()}-${code[2]!.padStart(4, '0')}`
    return { kind: page[0], said: id, url: address([page[1], id]) }
  }
  if (ipv4.test(words) || ipv6.test(words)) {
    const q = `source.ip:${words} OR destination.ip:${words} OR "${words}"`
    return { kind: 'address', said: words, url: address(['search'], { q }) }
  }
  return { kind: 'events', said: words, url: address(['search'], { q: words }) }
}

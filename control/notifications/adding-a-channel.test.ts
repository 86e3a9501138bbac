import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { channels } from './channels/index.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Files that the page's table names, in its order. */
const named = [...read('docs/adding-a-channel.md').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!)

/** Code of the product that could name a channel; tests left out. */
const sources = ['control', 'core', 'console', 'cli', 'threads'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => /\.(ts|svelte)$/.test(path) && !/\.(citest|test|testing)\.ts$/.test(path))
)

it('the page names the files that an existing channel stands in, and no other code names it', () => {
  expect(named).toHaveLength(4)
  for (const path of named) expect(read(path), path).toMatch(/telegram/i)
  const others = sources.filter((path) => !named.includes(path) && /telegram/i.test(read(path)))
  expect(others).toEqual([])
})

it('every setting of every channel is listed in the file of settings and read in the folder of channels alone', () => {
  const settings = [...new Set(channels.flatMap(({ settings }) => Object.keys(settings)))]
  expect(settings.length).toBeGreaterThan(20)
  const documented = read('.env.example')
  expect(settings.filter((name) => !documented.includes(`\n${name}=`))).toEqual([])
  const elsewhere = sources.filter((path) => !path.startsWith('control/notifications/channels/'))
  const texts = elsewhere.map((path) => read(path)).join('\n')
  expect(settings.filter((name) => new RegExp(`\\b${name}\\b`).test(texts))).toEqual([])
})

it('every channel has its line in the manual', () => {
  const manual = read('docs/notifications.md').toLowerCase()
  const missing = channels.filter(
    ({ name, label }) => name !== 'local' && !manual.includes(`| ${label.en.toLowerCase()}`)
  )
  expect(missing.map(({ name }) => name)).toEqual([])
})

it('a channel is whole: names and addresses are its own, ways have one order, people have an address of its kind', () => {
  const names = channels.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const way of ['chat', 'sms', 'email'] as const) {
    const places = channels.flatMap(({ ways }) => ways[way] ?? [])
    expect(new Set(places).size, way).toBe(places.length)
  }
  const unreachable = channels.filter(({ ways, addressKind }) => Object.keys(ways).length > 0 && !addressKind)
  expect(unreachable).toEqual([])
})

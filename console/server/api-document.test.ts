import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { testConsole } from '#testing/console.ts'
import { apiDocument } from './api-document.ts'
import { areas } from './routes/index.ts'

const kept = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
const routes = areas.flatMap(({ api }) => Object.entries(api))

it('docs/api.md is what the tables of core/api say now', async () => {
  expect(kept, 'run: node console/server/api-document.ts').toBe(await apiDocument(kept))
})

it('every route has one line there, and every shape without a name shows its fields', () => {
  const lines = kept.split('\n').filter((line) => /^\| `(?:GET|POST|PUT|PATCH|DELETE) /.test(line))
  expect(lines).toHaveLength(routes.length)
  for (const line of lines) expect(line).not.toMatch(/\{ {2}\}|undefined/)
})

it('no area has a route of another', () => {
  const names = routes.map(([name]) => name)
  expect(names).toEqual([...new Set(names)])
})

it('OpenAPI describes the same routes with the same words', async () => {
  const soc = testConsole()
  await soc.app.ready()
  const { paths } = soc.app.swagger() as unknown as { paths: Record<string, Record<string, { summary: string }>> }
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => `${method.toUpperCase()} ${path}: ${summary}`)
  )
  const shown = routes.filter(([, spec]) => spec.hidden !== true)
  expect(described.sort()).toEqual(
    shown.map(([name, spec]) => `${name.replace(/:(\w+)/g, '{$1}')}: ${spec.about}`).sort()
  )
  await soc.close()
})

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import { Nothing } from '#core/api/common.ts'
import type { RouteSpec } from '#core/api/routes.ts'
import type { Access } from '#core/permissions.ts'
import { roles } from '#core/roles.ts'
import { rolesWith } from '#control/rights/permissions.ts'
import { areas } from './routes/index.ts'

const shapes = new URL('../../core/api/', import.meta.url)
const page = new URL('../../docs/api.md', import.meta.url)
const BEGIN = '<!-- routes: printed by console/server/api-document.ts from core/api -->'
const END = '<!-- end of routes -->'

/** docs/api.md with its table of routes as core/api says it now; all around the table is written by hand and stays. */
export async function apiDocument(kept: string): Promise<string> {
  const [head, tail] = [kept.split(BEGIN)[0], kept.split(END)[1]]
  if (head === undefined || tail === undefined) throw new Error('docs/api.md has lost the marks of its table')
  const names = await namesOfShapes()
  const rows = areas.flatMap(({ api }) => Object.entries(api).map(([name, spec]) => rowOf(names, name, spec)))
  const table = ['| route | body | answer | who | what |', '|---|---|---|---|---|', ...rows].join('\n')
  return `${head}${BEGIN}\n\n${table}\n\n${END}${tail}`
}

/** Every exported shape of core/api with its name. */
async function namesOfShapes(): Promise<Map<unknown, string>> {
  const names = new Map<unknown, string>()
  for (const file of readdirSync(shapes).filter((name) => name.endsWith('.ts')))
    for (const [name, value] of Object.entries((await import(new URL(file, shapes).href)) as object))
      if (typeof value === 'object') names.set(value, name)
  return names
}

function rowOf(names: ReadonlyMap<unknown, string>, name: string, spec: RouteSpec): string {
  const asked = keysOf(spec.query)
  const route = asked.length === 0 ? name : `${name}?${asked.join('&')}`
  const headers = keysOf(spec.headers).map((header) => `\`${header}\``)
  const body = [...(spec.body === undefined ? [] : [shapeOf(names, spec.body)]), ...headers].join(', ')
  const others = Object.entries(spec.answers ?? {}).map(([status, shape]) => answerOf(names, Number(status), shape))
  const answers = [...(spec.answer === undefined ? [] : [answerOf(names, 200, spec.answer)]), ...others]
  const about = [`${spec.about}.`, ...(spec.note === undefined ? [] : [spec.note])].join(' ')
  return `| \`${route}\` | ${body} | ${answers.join('; ')} | ${whoIs(spec.who)} | ${about} |`
}

function answerOf(names: ReadonlyMap<unknown, string>, status: number, shape: TSchema): string {
  if (shape === Nothing) return '204'
  if ((shape as { type?: string }).type === 'null') return String(status)
  return status === 200 ? shapeOf(names, shape) : `${status} ${shapeOf(names, shape)}`
}

/** The name of a shape; for one without, its fields. */
function shapeOf(names: ReadonlyMap<unknown, string>, shape: TSchema): string {
  const { items, type, format } = shape as { items?: TSchema; type?: string; format?: string }
  if (format === 'binary') return 'a file'
  const name = names.get(shape)
  if (name !== undefined) return `\`${name}\``
  if (items !== undefined) return `${shapeOf(names, items)} list`
  return type === 'object' ? `\`{ ${keysOf(shape).join(', ')} }\`` : 'text'
}

const keysOf = (shape: TSchema | undefined) =>
  Object.keys((shape as { properties?: object } | undefined)?.properties ?? {})

function whoIs(who: Access): string {
  if (who === 'public') return 'anyone'
  if (who === 'own_session') return 'signed in'
  const allowed = who === 'signed_in' ? roles : rolesWith(who)
  return allowed.length === roles.length ? 'all roles' : allowed.join(', ')
}

// Run by hand: `node console/server/api-document.ts` prints the table into docs/api.md anew.
if (import.meta.main) writeFileSync(page, await apiDocument(readFileSync(page, 'utf8')))

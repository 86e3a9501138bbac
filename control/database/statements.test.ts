import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import { beforeAll, expect, it } from 'vitest'
import { queueTabs } from '#core/api/alerts.ts'
import { filterSql, placesText, type AlertFilter } from '#control/triage/views/queue-filter.ts'
import { openControl, type Control } from './control.ts'
import { textsOf, Unresolved } from './sql-texts.testing.ts'

/*
 * SQL is written by hand, and the type of a row is only the caller's word for it. Here every statement of the product
 * is prepared on a freshly migrated database, and its columns are compared with the type it is read as.
 */

const root = join(import.meta.dirname, '../..')
const folders = ['control', 'console/server', 'demonstration', 'cli']
const reads = ['all', 'get', 'single', 'each']

/** Questions to the queue that use every condition. */
const questions = queueTabs
  .flatMap((tab): AlertFilter[] => {
    const plain = { tab, userId: 'u1', scope: undefined, limit: 50 }
    const narrow = { scope: new Set(['19849']), rule: 'r1', level: 'high' as const, entity: 'e1', incident: 'VL-0001' }
    return [plain, { ...plain, q: 'ssh' }, { ...plain, ...narrow }]
  })
  .map(filterSql)

/**
 * Texts of a function with statements of its own, which cannot be followed in the source: made by that function, for
 * samples of what can be asked. A statement belongs here only if its function is called.
 */
const built: Record<string, () => string[]> = {
  'control/triage/views/alert-queries.ts placesText(sql, after)': () =>
    questions.flatMap((sql) => [placesText(sql, false), placesText(sql, true)]),
  'control/triage/views/alert-queries.ts `SELECT COUNT(*) AS n FROM ${from} WHERE ${where}`': () =>
    questions.map(({ from, where }) => `SELECT COUNT(*) AS n FROM ${from} WHERE ${where}`)
}

type Site = { place: string; method: string; text: ts.Expression; row: ts.TypeNode | undefined }

/** The files that speak to the database and what they import: less than the whole product, which takes twice as long. */
function programOf(): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root)
  const files = folders.flatMap((folder) => ts.sys.readDirectory(join(root, folder), ['.ts']))
  const speaking = files.filter(
    (file) =>
      !/\.(test|citest|testing)\.ts$/.test(file) &&
      /\.sql\(|\.(all|get|single|each)<|(control|database)\.(all|single|each)\(/.test(readFileSync(file, 'utf8'))
  )
  return ts.createProgram(speaking, options)
}

/** Every call that hands a statement to the database. */
function sitesOf(program: ts.Program, checker: ts.TypeChecker): Site[] {
  const sites: Site[] = []
  for (const file of program.getSourceFiles()) {
    const path = relative(root, file.fileName).split(sep).join('/')
    if (file.isDeclarationFile || path === 'control/database/reads.ts') continue
    if (!folders.some((folder) => path.startsWith(`${folder}/`))) continue
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
        const { name, expression } = node.expression
        const [text] = node.arguments
        const asks = name.text === 'sql' || reads.includes(name.text)
        if (asks && text !== undefined && checker.getTypeAtLocation(expression).getProperty('sql') !== undefined) {
          const { line } = file.getLineAndCharacterOfPosition(name.getStart())
          sites.push({ place: `${path}:${line + 1}`, method: name.text, text, row: node.typeArguments?.[0] })
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return sites
}

/** What is wrong with one statement; nothing when all is well. */
function faultsOf(control: Control, site: Site, text: string, checker: ts.TypeChecker): string[] {
  let columns: string[]
  try {
    columns = control
      .sql(text)
      .columns()
      .map(({ name }) => name)
  } catch (error) {
    return [`${(error as Error).message}: ${text}`]
  }
  if (site.method === 'sql')
    return columns.every((name) => name === '1') ? [] : ['reads columns without a type: use all, get, single or each']
  if (site.row === undefined) return ['names no type of its rows']
  const type = checker.getTypeFromTypeNode(site.row)
  if (checker.getIndexInfosOfType(type).length > 0) return []
  const properties = checker.getPropertiesOfType(type)
  const names = new Set(properties.map(({ name }) => name))
  const optional = (property: ts.Symbol) => (property.flags & ts.SymbolFlags.Optional) !== 0
  const missing = properties.filter((property) => !optional(property) && !columns.includes(property.name))
  return [
    ...missing.map(({ name }) => `no column is named ${name}, a property of ${site.row?.getText()}`),
    ...columns.filter((name) => !names.has(name)).map((name) => `the column ${name} is no property of its type`)
  ]
}

let checker: ts.TypeChecker
const statements: { site: Site; texts: string[] }[] = []
const unresolved: string[] = []
const unused = new Set(Object.keys(built))

beforeAll(() => {
  const program = programOf()
  checker = program.getTypeChecker()
  for (const site of sitesOf(program, checker)) {
    const key = `${site.place.replace(/:\d+$/, '')} ${site.text.getText().replace(/\s+/g, ' ')}`
    const sample = built[key]
    unused.delete(key)
    try {
      statements.push({ site, texts: sample?.() ?? textsOf(site.text, checker) })
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error
      unresolved.push(`${site.place}: ${error.message} (${key})`)
    }
  }
}, 120_000)

/** The faults of every statement on a freshly migrated database that was `changed` afterwards. */
function faultsOn(changed = ''): string[] {
  const control = openControl(':memory:')
  try {
    if (changed !== '') control.sql(changed).run()
    const faults = statements.flatMap(({ site, texts }) =>
      texts.flatMap((text) => faultsOf(control, site, text, checker)).map((fault) => `${site.place}: ${fault}`)
    )
    return [...new Set(faults)]
  } finally {
    control.close()
  }
}

it('finds every statement of the product, and every text that it can be', () => {
  expect(unresolved.join('\n')).toBe('')
  expect([...unused], 'samples that no statement needs').toEqual([])
  expect(statements.length).toBeGreaterThan(380)
})

it('prepares every statement, and its columns are the properties of the type it is read as', () => {
  expect(faultsOn().join('\n')).toBe('')
})

it('names the places that a renamed column breaks', () => {
  const named = faultsOn('ALTER TABLE contacts RENAME COLUMN phone TO telephone').join('\n')
  expect(named).toMatch(/control\/notifications\/unit-contacts\.ts:\d+: no such column: phone/)
  const whole = faultsOn('ALTER TABLE account_links RENAME COLUMN hash TO digest').join('\n')
  expect(whole).toMatch(/control\/accounts\/links\.ts:\d+: no column is named hash, a property of Row/)
  expect(whole).toMatch(/control\/accounts\/links\.ts:\d+: the column digest is no property of its type/)
})

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ESLint, Linter, type Rule } from 'eslint'
import ts from 'typescript-eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/* The law of the house (who may import whom, no cycles) is lint; here it is shown to be complete and to be enforced. */

const root = import.meta.dirname
/** The rules are JavaScript, as ESLint reads them. */
const load = async <Module>(file: string) => (await import(new URL(file, import.meta.url).href)) as Module
const { folders } = await load<{ folders: Record<string, string[]> }>('./eslint-folders.js')
const { noCycle } = await load<{ noCycle: Rule.RuleModule }>('./eslint-no-cycle.js')

/** Folders that no installation or test run makes. */
const ours = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  .map(({ name }) => name)
  .filter((name) => !['node_modules', 'dist-web', 'var'].includes(name))
const hasCode = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some((path) => /\.(?:ts|svelte)$/.test(path))
/** What runs for a user. The command `soc` starts measures and drills too, from a checkout alone (cli/checkout.ts). */
const product = Object.keys(folders).filter((name) => !['bench', 'e2e', 'testing', 'cli', 'rules'].includes(name))

describe('the table of folders', () => {
  it('names every folder with code, and none that is not there', () => {
    expect(ours.filter((folder) => hasCode(folder) && folders[folder] === undefined)).toEqual([])
    const known = Object.keys(folders).filter((name) => !name.includes('/') && !name.endsWith('.ts'))
    expect(known.filter((name) => !ours.includes(name))).toEqual([])
  })

  it('lets nothing of the product import measures, tests or scaffolding', () => {
    for (const name of product) {
      expect(folders[name], name).not.toContain('bench')
      expect(folders[name], name).not.toContain('e2e')
      expect(folders[name], name).not.toContain('testing')
    }
    expect(folders.cli).not.toContain('testing')
  })

  it('keeps the data plane and the control plane apart', () => {
    for (const plane of ['collector', 'detector', 'store', 'threads']) {
      expect(folders[plane], plane).not.toContain('control')
      expect(folders.control).not.toContain(plane)
    }
  })

  it('goes one way: two folders never import each other', () => {
    const pairs = Object.keys(folders).flatMap((name) =>
      folders[name]!.filter((other) => name < other && folders[other]?.includes(name)).map((other) => [name, other])
    )
    // `soc bench` starts the measures, which run `soc` in their turn; `soc start` is main.ts, which makes the data folder.
    // i18n/{vi,en}.ts gather the words of whoever asks it for them.
    expect(pairs.map((pair) => pair.join(' ')).sort()).toEqual([
      'bench cli',
      'cli main.ts',
      'console/web console/web/i18n',
      'console/web/format console/web/i18n',
      'console/web/i18n console/web/kit'
    ])
  })
})

describe('the control database', () => {
  it('is written by the control plane alone', () => {
    const files = Object.keys(folders)
      .filter(
        (name) => product.includes(name) && name !== 'control' && !name.endsWith('.ts') && existsSync(join(root, name))
      )
      .flatMap((name) =>
        readdirSync(join(root, name), { recursive: true, encoding: 'utf8' }).map((path) => join(name, path))
      )
      .filter((path) => path.endsWith('.ts') && !/\.(?:test|citest|testing)\.ts$/.test(path))
    const writing = files.filter((path) => /control(?:\n\s*)?\.sql\(/.test(readFileSync(join(root, path), 'utf8')))
    expect(writing).toEqual([])
  })
})

describe('the lint rule', () => {
  const eslint = new ESLint({ cwd: root })
  async function found(filePath: string, code: string): Promise<string[]> {
    const [result] = await eslint.lintText(code, { filePath: join(root, filePath) })
    return result!.messages.filter(({ ruleId }) => ruleId === 'own/folders').map(({ message }) => message)
  }

  it.each([
    ['control/example.ts', `import { createDetector } from '#detector/detector.ts'`],
    ['detector/example.ts', `import type { Control } from '#control/database/control.ts'`],
    ['core/example.ts', `export type { Inventory } from '../province/inventory.ts'`],
    ['threads/example.ts', `export * from '#control/changes.ts'`],
    ['console/server/example.ts', `const page = await import('../web/main.ts')`],
    ['control/example.ts', `let app: import('../console/server/context.ts').App`],
    ['console/web/queue/example.ts', `import type { App } from '../../server/context.ts'`],
    ['demonstration/example.ts', `import { openPost } from '../bench/drills/post.ts'`],
    ['main.ts', `import { testConsole } from '#testing/console.ts'`],
    ['simulator/example.ts', `import { running } from '../e2e/running.ts'`]
  ])('reports in %s: %s', { timeout: 60_000 }, async (file, code) => {
    expect(await found(file, code)).toHaveLength(1)
  })

  it('lets tests use the scaffolding, and a plane its own parts and core', async () => {
    expect(await found('control/example.test.ts', `import { testConsole } from '#testing/console.ts'`)).toEqual([])
    const code = `import { createAlerts } from '#control/triage/alerts.ts'\nimport { SocError } from '#core/errors.ts'`
    expect(await found('control/example.ts', code)).toEqual([])
  })
})

describe('the rule against cycles', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cycle-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function reported(first: string, second: string): number {
    const name = `${Math.random()}`.slice(2)
    const files = [`first-${name}.ts`, `second-${name}.ts`]
    writeFileSync(join(folder, files[0]!), first.replace('OTHER', files[1]!))
    writeFileSync(join(folder, files[1]!), second.replace('OTHER', files[0]!))
    return new Linter({ cwd: folder }).verify(
      first.replace('OTHER', files[1]!),
      [
        {
          files: ['**/*.ts'],
          languageOptions: { parser: ts.parser as Linter.Parser },
          plugins: { own: { rules: { 'no-cycle': noCycle } } },
          rules: { 'own/no-cycle': 'error' }
        }
      ],
      { filename: join(folder, files[0]!) }
    ).length
  }

  it('counts imports of types alone, and re-exports', () => {
    const type = `import type { Other } from './OTHER'\nexport type Own = Other`
    expect(reported(type, type)).toBe(1)
    expect(reported(`export type { Own } from './OTHER'`, type)).toBe(1)
    expect(reported(type, `export type Other = 1`)).toBe(0)
  })
})

import { join } from 'node:path'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

/* No plain object is looked up with foreign text: the rule is shown to refuse what it must, and nothing else. */

const root = import.meta.dirname
const eslint = new ESLint({ cwd: root })

async function found(code: string, filePath = 'collector/example.ts'): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath: join(root, filePath) })
  return result!.messages.filter(({ ruleId }) => ruleId === 'own/foreign-keys').length
}

const table = `const table: Record<string, number> = { a: 1 }\n`

describe('the rule against plain tables asked with foreign text', () => {
  it.each([
    ['a table that answers to any text', `${table}export const ask = (word: string) => table[word]`],
    [
      'a call of what it answers',
      `const make: Record<string, () => number> = { a: () => 1 }\nexport const ask = (word: string) => make[word]?.()`
    ],
    ['a fallback', `${table}export const ask = (word: string) => table[word] ?? 0`],
    [
      'a readonly table',
      `const table: Readonly<Record<string, number>> = { a: 1 }\nexport const ask = (word: string) => table[word]`
    ],
    [
      'an index signature',
      `const table: { [word: string]: number } = { a: 1 }\nexport const ask = (word: string) => table[word]`
    ],
    [
      'a frozen table',
      `const table: Record<string, number> = Object.freeze({ a: 1 })\nexport const ask = (word: string) => table[word]`
    ],
    ['a table of a function', `export function ask(word: string) {\n  ${table}  return table[word]\n}`],
    [
      'a text that is called a key',
      `const table = { a: 1 }\nexport const ask = (word: string) => table[word as keyof typeof table]`
    ],
    ['a literal asked at once', `export const ask = (word: string) => ({ a: 1 })[word]`],
    ['in', `const table = { a: 1 }\nexport const ask = (word: string) => word in table`]
  ])('refuses %s', { timeout: 60_000 }, async (_name, code) => {
    expect(await found(code)).toBe(1)
  })

  it('knows tables of other files', { timeout: 60_000 }, async () => {
    const code = `import { ecsNames } from './ecs-names.ts'\nexport const ask = (word: string) => ecsNames[word]`
    expect(await found(code, 'detector/sigma/events/example.ts')).toBe(1)
  })

  it.each([
    [
      'a guard in the function',
      `${table}export const ask = (word: string) => (Object.hasOwn(table, word) ? table[word] : 0)`
    ],
    ['a Map', `const table = new Map([['a', 1]])\nexport const ask = (word: string) => table.get(word)`],
    ['a list', `const list = [1, 2]\nexport const ask = (at: number) => list[at]`],
    [
      'keys that the compiler knows',
      `const table = { a: 1, b: 2 }\nexport const ask = (word: 'a' | 'b') => table[word]`
    ],
    ['written keys', `${table}export const ask = (yes: boolean) => [table['a'], table[yes ? 'a' : 'b']]`],
    [
      'a table without a prototype',
      `const table: Record<string, number> = Object.assign(Object.create(null), { a: 1 })\nexport const ask = (word: string) => table[word]`
    ],
    [
      'what is written under a word',
      `export function put(word: string) {\n  ${table}  table[word] = 1\n  return table\n}`
    ]
  ])('lets pass %s', { timeout: 60_000 }, async (_name, code) => {
    expect(await found(code)).toBe(0)
  })

  it('is the law of the server, not of tests', { timeout: 60_000 }, async () => {
    const code = `${table}export const ask = (word: string) => table[word]`
    for (const folder of [
      'collector/probes',
      'console/server/routes',
      'control',
      'store',
      'detector',
      'threads',
      'core'
    ]) {
      expect(await found(code, `${folder}/example.ts`), folder).toBe(1)
    }
    expect(await found(code, 'collector/example.test.ts')).toBe(0)
  })
})

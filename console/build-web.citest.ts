import { join } from 'node:path'
import { Type } from 'typebox'
import { build, type Rollup } from 'vite'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
// Every schema is marked with it, so code that can make one holds the word.
const MARK = '~kind'

it('the browser is not sent TypeBox, nor any schema', async () => {
  expect(Object.getOwnPropertyNames(Type.String()), 'TypeBox marks its schemas otherwise now').toContain(MARK)
  const built = await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { write: false } })
  const { output } = built as Rollup.RollupOutput
  const scripts = output.filter((file) => file.type === 'chunk')
  expect(scripts.length).toBeGreaterThan(1)
  for (const { fileName, code } of scripts) expect(code.includes(MARK), fileName).toBe(false)
})

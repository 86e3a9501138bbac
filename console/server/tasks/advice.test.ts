import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { adviceFor } from './advice.ts'

const rules = join(import.meta.dirname, '../../../rules')
const own = readdirSync(rules, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yml'))
  .map((name) => readFileSync(join(rules, name), 'utf8'))

test('every rule of ours has one to five steps in both languages, none of them empty', () => {
  for (const text of own) {
    for (const rule of text.split(/^---$/m).map((part) => parse(part) as { id?: string; tags?: string[] } | null)) {
      const steps = adviceFor([rule?.id ?? ''], rule?.tags ?? [])
      expect(steps.length).toBeGreaterThan(0)
      expect(steps.length).toBeLessThanOrEqual(5)
      for (const step of steps) expect([step.vi.length > 5, step.en.length > 5]).toEqual([true, true])
    }
  }
})

test('a web shell, a silent source and ransomware get their own first step; the unknown gets the general ones', () => {
  const first = (ids: string[], tags: string[]) => adviceFor(ids, tags)[0]?.en
  expect(first(['x'], ['attack.persistence', 'attack.t1505.003'])).toContain('site’s administrator')
  expect(first(['soc.silent_source'], [])).toContain('sends logs')
  expect(first(['x'], ['attack.t1490'])).toContain('Unplug')
  expect(first(['x'], ['attack.credential_access'])).toContain('Change the password')
  expect(first(['x'], [])).toContain('person in charge')
})

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Level } from '#core/match.ts'
import { readAdviceBook } from '#control/rules/advice-book.ts'
import { adviceFor as adviceOf, type Advised } from './advice.ts'

const rules = join(import.meta.dirname, '../../rules')
const warnings: string[] = []
const book = readAdviceBook([rules], (message) => warnings.push(message))
const adviceFor = (alerts: readonly Advised[]) => adviceOf(book, alerts)

it('every advice of a rule of ours is read', () => {
  expect(warnings).toEqual([])
  expect(book.byRule.size).toBeGreaterThan(15)
})

type Rule = { id?: string; title?: string; level?: Level; tags?: string[] }
const own = readdirSync(rules, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yml'))
  .map((name) => readFileSync(join(rules, name), 'utf8'))

it('every rule of ours has one to five steps in both languages, none of them empty', () => {
  for (const text of own) {
    for (const rule of text.split(/^---$/m).map((part) => parse(part) as Rule | null)) {
      const steps = adviceFor([{ ruleId: rule?.id ?? '', level: rule?.level ?? 'low', tags: rule?.tags ?? [] }])
      expect(steps.length).toBeGreaterThan(0)
      expect(steps.length).toBeLessThanOrEqual(5)
      for (const step of steps) expect([step.vi.length > 5, step.en.length > 5]).toEqual([true, true])
    }
  }
})

it('a web shell, a silent source and ransomware get their own first step; the unknown gets the general ones', () => {
  const first = (ids: string[], tags: string[]) =>
    adviceFor(ids.map((ruleId) => ({ ruleId, level: 'high', tags })))[0]?.en
  expect(first(['x'], ['attack.persistence', 'attack.t1505.003'])).toContain('site’s administrator')
  expect(first(['soc.silent_source'], [])).toContain('sends logs')
  expect(first(['x'], ['attack.t1490'])).toContain('Unplug')
  expect(first(['x'], ['attack.credential_access'])).toContain('Change the password')
  expect(first(['x'], [])).toContain('person in charge')
})

it('the flagship of the demonstration: evidence is kept and passwords are changed, whatever the outage would ask for', () => {
  const rules = own.flatMap((text) => text.split(/^---$/m).map((part) => parse(part) as Rule | null))
  const alert = (title: string) => {
    const rule = rules.find((candidate) => candidate?.title === title)
    if (rule?.id === undefined || rule.level === undefined) throw new Error(title)
    return { ruleId: rule.id, level: rule.level, tags: rule.tags ?? [] }
  }
  const outage = { ruleId: 'soc.outage', level: 'critical' as const, tags: [] }
  const guessed = alert('SSH log-in succeeded after guessed passwords')
  const shell = alert('Web shell uploaded and then called')
  const guessing = alert('SSH passwords guessed from one address')
  const steps = adviceFor([outage, guessing, guessed, shell]).map(({ en }) => en)
  expect(steps).toEqual(adviceFor([shell, guessed, guessing]).map(({ en }) => en))
  expect(new Set(steps).size).toBe(5)
  expect(steps[0]).toContain('administrator passwords')
  expect(steps[2]).toContain('Delete nothing')
  expect(steps[3]).toContain('Change the password of the account')
  expect(steps[4]).toContain('Call the SOC desk')
  // Graver comes first also where the table names it later.
  const lookups = alert('Mass look-ups of citizens by one officer')
  const half = adviceFor([{ ...shell, level: 'medium' }, outage, lookups]).map(({ en }) => en)
  expect(half[0]).toContain('Ask the officer')
  expect(half).toHaveLength(5)
  expect(adviceFor([outage])[0]?.en).toContain('system runs')
  // An intrusion that no line fits still speaks before an outage.
  expect(adviceFor([outage, { ruleId: 'x', level: 'low', tags: [] }])[0]?.en).toContain('person in charge')
})

it('a rule from elsewhere may bring its own steps; advice that cannot be read is warned of and its tags decide', () => {
  const folder = mkdtempSync(join(tmpdir(), 'advice-'))
  const rule = (id: string, advice: string) =>
    writeFileSync(join(folder, `${id}.yml`), `id: ${id}\ntags: [attack.t1490]\nsoc: { advice: ${advice} }\n`)
  rule('own', '[{ vi: Tắt máy in, en: Switch off the printer }, call_soc]')
  rule('wrong', '[no_such_step]')
  const heard: string[] = []
  const foreign = readAdviceBook([folder, join(folder, 'none')], (message) => heard.push(message))
  rmSync(folder, { recursive: true })
  const steps = (ruleId: string) =>
    adviceOf(foreign, [{ ruleId, level: 'high', tags: ['attack.t1490'] }]).map(({ en }) => en)
  expect(steps('own')).toEqual(['Switch off the printer', foreign.last.en])
  expect(steps('wrong')[0]).toContain('Unplug')
  expect(heard).toEqual([expect.stringContaining('was not read'), expect.stringContaining('no_such_step')])
})

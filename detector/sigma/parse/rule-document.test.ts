import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { compileRules, createRuleLoader, loadRules, parseSigma, toSigmaEvent } from '../index.ts'
import type { CorrelationRule, DetectionRule } from './types.ts'

const head = 'title: A rule\nlogsource:\n  product: test\n'
const body = 'detection:\n  sel:\n    f: 1\n  condition: sel\n'

const one = (text: string) => {
  const { rules, errors } = parseSigma(text, 'a.yml')
  expect(errors).toEqual([])
  expect(rules).toHaveLength(1)
  return rules[0]!
}
const codes = (text: string) => parseSigma(text, 'a.yml').errors.map(({ code, line }) => `${code}:${line}`)

describe('a detection rule', () => {
  it('keeps what it says of itself, unknown keys too', () => {
    const text = `${head}id: 11111111-2222-4333-8444-555555555555
name: a_name
status: test
description: Words
level: high
tags:
  - attack.t1110
falsepositives:
  - Unknown
author: nobody
soc:
  title_vi: Một luật
  entity: [user.name]
${body}`
    expect(one(text)).toMatchObject({
      kind: 'detection',
      file: 'a.yml',
      line: 1,
      id: '11111111-2222-4333-8444-555555555555',
      name: 'a_name',
      title: 'A rule',
      status: 'test',
      description: 'Words',
      level: 'high',
      tags: ['attack.t1110'],
      falsePositives: ['Unknown'],
      custom: { author: 'nobody', soc: { title_vi: 'Một luật', entity: ['user.name'] } },
      logsource: { product: 'test' },
      text
    })
  })

  it('gets an id from file and title, and medium as level, when it names none', () => {
    const rule = one(head + body)
    expect(rule.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(one(head + body).id).toBe(rule.id)
    expect(parseSigma(head + body, 'b.yml').rules[0]!.id).not.toBe(rule.id)
    expect(rule.level).toBe('medium')
  })

  it('can be sent to another thread', () => {
    const rule = one(`${head}detection:\n  sel:\n    f|re|i: a\n    g|cidr: 192.0.2.0/24\n  condition: sel\n`)
    expect(structuredClone(rule)).toEqual(rule)
  })

  it('is refused with the line of its fault', () => {
    expect(codes(`logsource:\n  product: a\n${body}`)).toEqual(['rule.title:1'])
    expect(codes(`title: x\n${body}`)).toEqual(['rule.logsource:1'])
    expect(codes(`title: x\nlogsource:\n  definition: y\n${body}`)).toEqual(['rule.logsource:3'])
    expect(codes(`title: x\nlogsource:\n  product: a\n  vendor: y\n${body}`)).toEqual(['rule.logsource:4'])
    expect(codes(`${head}level: severe\n${body}`)).toEqual(['rule.level:4'])
    expect(codes(head)).toEqual(['rule.kind:1'])
    expect(codes(`${head}detection:\n  sel:\n    f: 1\n`)).toEqual(['condition.missing:5'])
    expect(codes(`${head}detection:\n  condition: sel\n`)).toEqual(['detection.empty:5'])
    expect(codes(`${head}detection:\n  sel:\n  condition: sel\n`)).toEqual(['detection.empty:5'])
    expect(codes(`${head}detection:\n  sel: []\n  condition: sel\n`)).toEqual(['detection.empty:5'])
    expect(codes(`${head}detection:\n  sel: {}\n  condition: sel\n`)).toEqual(['detection.empty:5'])
    expect(codes(`${head}detection:\n  sel:\n    - f: {g: 1}\n  condition: sel\n`)).toEqual(['detection.shape:6'])
    expect(codes(`${head}detection:\n  sel:\n    f: 1\n  timeframe: 5m\n  condition: sel\n`)).toEqual([
      'detection.timeframe:7'
    ])
    expect(codes(`${head}detection:\n  sel:\n    f: 1\n  condition: sel | count() > 5\n`)).toEqual([
      'condition.aggregation:7'
    ])
    expect(codes(`${head}detection:\n  sel:\n    f: 1\n    f: 2\n  condition: sel\n`)).toEqual(['yaml.syntax:7'])
    expect(codes(`${head}taxonomy: mine\n${body}`)).toEqual(['rule.taxonomy:1'])
    expect(codes(`${head}sigma-version: 3\n${body}`)).toEqual(['rule.version:4'])
    expect(codes(`action: global\n${head}${body}`)).toEqual(['rule.action:1'])
    expect(codes(`${head}filter:\n  rules: any\n`)).toEqual(['rule.filter:5'])
    expect(codes('- a\n- b\n')).toEqual(['rule.shape:1'])
    expect(codes('just text')).toEqual(['rule.shape:1'])
    expect(codes('a: [1')).toEqual(['yaml.syntax:1'])
    expect(codes('a: *nowhere')).toHaveLength(1)
  })

  it('tells id and title of a refused rule', () => {
    const { errors } = parseSigma(`id: abc\n${head}detection:\n  sel:\n    f|nope: 1\n  condition: sel\n`, 'a.yml')
    expect(errors).toEqual([
      { file: 'a.yml', line: 7, code: 'modifier.unknown', message: expect.any(String), ruleId: 'abc', title: 'A rule' }
    ])
  })

  it('may share parts by anchors and merge keys', () => {
    const text = `${head}detection:\n  a: &common\n    f: 1\n    g: 1\n  b:\n    <<: *common\n    g: 2\n  condition: a and b\n`
    const { detection } = one(text) as DetectionRule
    expect(JSON.stringify(detection)).toContain('"field":"f"')
    const set = compileRules([one(text.replace('a and b', 'b')) as DetectionRule])
    expect(set.match(toSigmaEvent({ product: 'test', f: 1, g: 2 }))).toHaveLength(1)
    expect(set.match(toSigmaEvent({ product: 'test', f: 1, g: 1 }))).toHaveLength(0)
    expect(codes(`${head}detection:\n  a:\n    <<: 5\n  condition: a\n`)).toEqual(['yaml.merge:6'])
  })

  it('has one match for a list of conditions', () => {
    const rule = one(`${head}detection:\n  a:\n    f: 1\n  b:\n    g: 1\n  condition:\n    - a\n    - b\n`)
    expect(compileRules([rule as DetectionRule]).rules).toHaveLength(1)
  })
})

describe('a file', () => {
  it('may hold several documents, of which a bad one spoils none', () => {
    const text = `${head}${body}---\n${head}detection: 5\n---\n${head.replace('A rule', 'Third')}${body}`
    const { rules, errors } = parseSigma(text, 'a.yml')
    expect(rules.map((rule) => [rule.title, rule.line])).toEqual([
      ['A rule', 1],
      ['Third', 14]
    ])
    expect(errors.map(({ code, line }) => [code, line])).toEqual([['detection.shape', 12]])
    expect(rules[1]!.text).toContain('Third')
    expect(rules[1]!.text).not.toContain('A rule')
  })

  it('is bounded in size, documents, values and depth', () => {
    expect(codes('x'.repeat(2 * 1024 * 1024 + 1))).toEqual(['file.size:1'])
    expect(codes('--- 1\n'.repeat(600)).at(-1)).toMatch(/^yaml.documents/)
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n`
    expect(codes(bomb)[0]).toMatch(/^yaml\./)
    expect(codes(`a: ${'['.repeat(100)}${']'.repeat(100)}`)).toEqual(['yaml.depth:1'])
    expect(codes(`a: ${'['.repeat(200_000)}`)).toHaveLength(1)
    const many = Array.from({ length: 10_001 }, (_, index) => `      - ${index}\n`).join('')
    expect(codes(`${head}detection:\n  sel:\n    f:\n${many}  condition: sel\n`)).toEqual(['detection.size:7'])
  })

  it('never makes the reader throw', () => {
    const piece = fc.constantFrom(
      'title',
      ': ',
      '\n',
      '  ',
      '- ',
      '|',
      'detection',
      'condition',
      'sel',
      '*a',
      '&a ',
      '{',
      '[',
      '"',
      '---\n',
      '#',
      '1',
      '!!js/function ',
      '? '
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((all) => all.join(''))
        ),
        (text) => {
          const { errors } = parseSigma(text, 'a.yml')
          for (const error of errors) expect(error.line).toBeGreaterThan(0)
        }
      )
    )
  })
})

describe('a correlation rule', () => {
  const base = 'title: Many\ncorrelation:\n  type: event_count\n  rules: [failed]\n  timespan: 5m\n'

  it('is read with groups, aliases, range and fields', () => {
    const text = `title: Many\nid: c1\nlevel: high\ncorrelation:
  type: value_count
  rules:
    - failed
    - refused
  group-by: [source.ip, who]
  timespan: 1h
  generate: true
  aliases:
    who:
      failed: user.name
      refused: TargetUserName
  condition:
    gte: 10
    lt: 100
    field: [host.name]
`
    expect(one(text) as CorrelationRule).toMatchObject({
      kind: 'correlation',
      id: 'c1',
      type: 'value_count',
      rules: ['failed', 'refused'],
      groupBy: ['source.ip', 'who'],
      aliases: { who: { failed: 'user.name', refused: 'TargetUserName' } },
      timespanMs: 3_600_000,
      condition: [
        { op: 'gte', value: 10 },
        { op: 'lt', value: 100 }
      ],
      fields: ['host.name'],
      generate: true
    })
  })

  it('knows the units of time apart', () => {
    const span = (text: string) =>
      (one(`${base.replace('5m', text)}  condition:\n    gt: 1\n`) as CorrelationRule).timespanMs
    expect([span('10s'), span('5m'), span('2h'), span('7d'), span('1w'), span('1M')]).toEqual([
      10_000, 300_000, 7_200_000, 604_800_000, 604_800_000, 2_629_746_000
    ])
  })

  it('is refused with the line of its fault', () => {
    const condition = '  condition:\n    gte: 5\n'
    expect(codes(base)).toEqual(['correlation.condition:3'])
    expect(codes(`${base}  condition:\n    field: x\n`)).toEqual(['correlation.condition:7'])
    expect(codes(`${base}  condition:\n    ge: 5\n`)).toEqual(['correlation.condition:7'])
    expect(codes(`${base}  condition:\n    gte: five\n`)).toEqual(['correlation.condition:7'])
    expect(codes(`${base}${condition}    field: x\n`)).toEqual(['correlation.condition:7'])
    expect(codes(`${base.replace('event_count', 'value_count')}${condition}`)).toEqual(['correlation.condition:7'])
    expect(codes(`${base.replace('event_count', 'temporal')}${condition}`)).toEqual(['correlation.type:3'])
    expect(codes(`${base.replace('5m', '5x')}${condition}`)).toEqual(['correlation.timespan:5'])
    expect(codes(`${base.replace('5m', '0s')}${condition}`)).toEqual(['correlation.timespan:5'])
    expect(codes(`${base.replace('5m', '900w')}${condition}`)).toEqual(['correlation.timespan:5'])
    expect(codes(`${base.replace('[failed]', '[]')}${condition}`)).toEqual(['correlation.rules:3'])
    expect(codes(`${base}  aliases:\n    a:\n      failed: ''\n${condition}`)).toEqual(['correlation.aliases:8'])
    expect(codes(`${base}  generate: perhaps\n${condition}`)).toEqual(['correlation.generate:6'])
    expect(codes('title: x\ncorrelation: 5\n')).toEqual(['correlation.shape:2'])
  })
})

describe('loading', () => {
  let folder = ''
  afterEach(() => {
    if (folder !== '') rmSync(folder, { recursive: true })
    folder = ''
  })

  it('reads rule files in path order and reports what cannot be read', () => {
    folder = mkdtempSync(join(tmpdir(), 'sigma-load-'))
    mkdirSync(join(folder, 'b', '.git'), { recursive: true })
    const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
    put('z.yaml', head.replace('A rule', 'Z') + body)
    put('b/a.yml', head.replace('A rule', 'BA') + body)
    put('a.yml', 'title: [')
    put('notes.txt', 'not a rule')
    put('b/.git/x.yml', head + body)
    symlinkSync(folder, join(folder, 'b', 'loop'))
    symlinkSync(join(folder, 'z.yaml'), join(folder, 'b', 'link.yml'))
    const { rules, errors } = loadRules([folder, join(folder, 'z.yaml'), join(folder, 'missing')])
    expect(rules.map((rule) => [rule.title, rule.file.slice(folder.length + 1)])).toEqual([
      ['BA', 'b/a.yml'],
      ['Z', 'b/link.yml'],
      ['Z', 'z.yaml']
    ])
    expect(errors.map(({ file, code }) => [file.slice(folder.length + 1), code])).toEqual([
      ['missing', 'file.unreadable'],
      ['a.yml', 'yaml.syntax']
    ])
  })

  it('parses again only what changed', () => {
    folder = mkdtempSync(join(tmpdir(), 'sigma-load-'))
    const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
    for (const name of ['a', 'b', 'c']) put(`${name}.yml`, head.replace('A rule', name) + body)
    const load = createRuleLoader()
    const [a, b, c] = load([folder]).rules
    put('b.yml', head.replace('A rule', 'changed') + body)
    put('c.yml', 'title: [')
    const second = load([folder])
    expect(second.rules[0]).toBe(a)
    expect(second.rules[1]).not.toBe(b)
    expect(second.rules.map((rule) => rule.title)).toEqual(['a', 'changed'])
    expect(second.errors).toMatchObject([{ code: 'yaml.syntax' }])
    rmSync(join(folder, 'a.yml'))
    put('c.yml', head.replace('A rule', 'c') + body)
    expect(load([folder]).rules.map((rule) => rule.title)).toEqual(['changed', 'c'])
    expect(c!.title).toBe('c')
  })
})

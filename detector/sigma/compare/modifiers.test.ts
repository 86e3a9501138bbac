import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { compileRules, parseSigma, toSigmaEvent } from '../index.ts'
import type { DetectionRule } from '../parse/types.ts'

/** The rule with this detection (YAML, indented by two). */
function rule(detection: string): string {
  const body = detection.replace(/^/gm, '  ')
  return `title: t\nlogsource:\n  product: test\ndetection:\n${body}\n`
}

function compile(detection: string) {
  const { rules, errors } = parseSigma(rule(detection), 'test.yml')
  expect(errors).toEqual([])
  return compileRules(rules as DetectionRule[])
}

/** Whether an item, alone in its selection, is true for an event. */
function holds(item: string, event: JsonObject): boolean {
  const set = compile(`sel:\n${item.replace(/^/gm, '  ')}\ncondition: sel`)
  return set.match(toSigmaEvent({ product: 'test', ...event })).length === 1
}

/** The fault of an item. */
function fault(item: string) {
  const { rules, errors } = parseSigma(rule(`sel:\n${item.replace(/^/gm, '  ')}\ncondition: sel`), 'test.yml')
  expect(rules).toEqual([])
  expect(errors).toHaveLength(1)
  return { code: errors[0]!.code, line: errors[0]!.line }
}

/** Table of item, event, expected. */
type Case = [item: string, event: JsonObject, expected: boolean]
function check(cases: readonly Case[]): void {
  for (const [item, event, expected] of cases) {
    expect(holds(item, event), `${item} against ${JSON.stringify(event)}`).toBe(expected)
  }
}

describe('plain values', () => {
  it('compares whole values without case', () => {
    check([
      ['f: Abc', { f: 'aBC' }, true],
      ['f: abc', { f: 'abcd' }, false],
      ['f: abc', { f: ' abc' }, false],
      ['f: ĐĂNG NHẬP', { f: 'đăng nhập' }, true],
      ['f: ΟΔΟΣ', { f: 'οδος' }, true],
      ['f: İstanbul', { f: 'İSTANBUL' }, true],
      ['f: task', { f: 'tasK' }, true]
    ])
  })

  it('reads star and question mark as wildcards unless a backslash stands before', () => {
    check([
      ['f: a*c', { f: 'abbbc' }, true],
      ['f: a*c', { f: 'ac' }, true],
      ['f: a*c', { f: 'a\n\nc' }, true],
      ['f: a*c', { f: 'acx' }, false],
      ['f: a?c', { f: 'abc' }, true],
      ['f: a?c', { f: 'ac' }, false],
      ['f: a?c', { f: 'a😀c' }, true],
      ['f: a??c', { f: 'a😀c' }, false],
      ["f: 'a\\*c'", { f: 'a*c' }, true],
      ["f: 'a\\*c'", { f: 'abc' }, false],
      ["f: 'a\\?c'", { f: 'a?c' }, true],
      ["f: 'C:\\Windows\\*'", { f: 'C:\\Windows*' }, true],
      ["f: 'C:\\Windows\\*'", { f: 'C:\\Windows\\System32' }, false],
      ["f: 'C:\\Windows\\\\*'", { f: 'C:\\Windows\\System32' }, true],
      ["f: 'C:\\Windows\\\\\\*'", { f: 'C:\\Windows\\*' }, true],
      ["f: '\\\\\\\\srv'", { f: '\\\\srv' }, true],
      ["f: '\\\\srv'", { f: '\\srv' }, true],
      ["f: 'a\\b'", { f: 'a\\b' }, true],
      ["f: 'a\\'", { f: 'a\\' }, true],
      ["f: '*'", { f: '' }, true],
      ["f: '*'", {}, false],
      ["f: '*abc*def*'", { f: 'xx def abc def' }, true],
      ["f: '*abc*def*'", { f: 'def abc' }, false],
      ["f: 'ab*ba'", { f: 'aba' }, false],
      ["f: 'ab*ba'", { f: 'abba' }, true],
      ["f: '*a?c*c?a*'", { f: '..abc.cxa.' }, true],
      ["f: '?'", { f: 'x' }, true],
      ["f: '*?'", { f: '' }, false]
    ])
  })

  it('tells null, empty and absent apart', () => {
    check([
      ['f: null', {}, true],
      ['f: null', { f: null }, true],
      ['f: null', { f: '' }, false],
      ['f:', {}, true],
      ["f: ''", { f: '' }, true],
      ["f: ''", { f: null }, false],
      ["f: ''", {}, false],
      ['f: [null, a]', {}, true],
      ['f: [null, a]', { f: 'A' }, true],
      ['f: [null, a]', { f: 'b' }, false]
    ])
  })

  it('compares numbers by value and texts by text', () => {
    check([
      ['f: 11', { f: 11 }, true],
      ['f: 11', { f: '11' }, true],
      ['f: 11', { f: '11.0' }, true],
      ['f: 11', { f: '0x0b' }, false],
      ['f: 11', { f: '111' }, false],
      ["f: '4688'", { f: 4688 }, true],
      ["f: '11.0'", { f: 11 }, false],
      ['f: -1.5', { f: '-1.50' }, true],
      ['f: 0x1410', { f: '0x1410' }, true],
      ['f: 0x1410', { f: 5136 }, false],
      ['f: 00000429', { f: '00000429' }, true],
      ['f: 9007199254740993', { f: '9007199254740993' }, true],
      ['f: 9007199254740993', { f: '9007199254740992' }, false],
      ['f: 1', { f: true }, false]
    ])
  })

  it('takes what only YAML calls a number as the word it is in logs', () => {
    check([
      ['f: [1234567e8901234, 12345e9]', { f: '1234567E8901234' }, true],
      ['f: [1234567e8901234, 12345e9]', { f: '12345e9' }, true],
      ['f: 12345e9', { f: 12345000000000 }, false],
      ['f: .inf', { f: '.inf' }, true],
      ['f: 0o17', { f: '0o17' }, true],
      ['f: 1_000', { f: '1_000' }, true],
      ['f: 1_000', { f: 1000 }, false],
      ['f: 2026-11-23', { f: '2026-11-23' }, true],
      ['f: 1:30', { f: '1:30' }, true],
      ['f: off', { f: 'OFF' }, true],
      ['f: .5', { f: 0.5 }, true],
      ['f: +1', { f: 1 }, true],
      ['f: 5.', { f: '5.0' }, true],
      ['f|gte: 1e2', { f: 100 }, true]
    ])
  })

  it('looks for numbers and booleans as they are written when a modifier compares texts', () => {
    check([
      ['f|contains: 4444', { f: 'x 4444 y' }, true],
      ['f|contains: 4444', { f: 144441 }, true],
      ['f|contains: [1.10, abc]', { f: 'v1.10' }, true],
      ['f|contains: 1.10', { f: 'v1.1' }, false],
      ['f|startswith: 0x1F', { f: '0x1f00' }, true],
      ['f|endswith: 1e5', { f: 'hash1E5' }, true],
      ['f|contains: 1_000', { f: 'a1_000b' }, true],
      ['f|contains: true', { f: 'is True now' }, true],
      ['f|contains|all: [10, off]', { f: 'offset 10' }, true],
      ['f|base64: 4444', { f: 'NDQ0NA==' }, true],
      ['f|windash|contains: 5', { f: 'a5' }, true],
      ['f|cased|contains: true', { f: 'True' }, false],
      ['f|re: true', { f: 'xtruex' }, true]
    ])
  })

  it('compares composed letters, whatever the rule was typed on', () => {
    const apart = 'Nguyễn Văn'.normalize('NFD')
    check([
      [`f|contains: '${apart}'`, { f: 'Ông NGUYỄN VĂN An' }, true],
      [`f|endswith: '*${apart}'`, { f: 'x nguyễn văn' }, true],
      [`f|re: '${apart}$'`, { f: 'Nguyễn Văn' }, true],
      [`'${'Tên'.normalize('NFD')}': a`, { Tên: 'a' }, true],
      [`f|base64offset|contains: '${apart}'`, { f: Buffer.from('ab Nguyễn Văn c').toString('base64') }, true]
    ])
  })

  it('compares booleans with true and false only', () => {
    check([
      ['f: true', { f: true }, true],
      ['f: true', { f: 'True' }, true],
      ['f: true', { f: 1 }, false],
      ['f: true', { f: 'yes' }, false],
      ['f: false', { f: false }, true],
      ['f: false', {}, false],
      ["f: 'true'", { f: true }, true]
    ])
  })

  it('asks any element of a list and never an object', () => {
    check([
      ['f: b', { f: ['a', 'B'] }, true],
      ['f: b', { f: [['b']] }, true],
      ['f|contains|all: [x, y]', { f: ['ax', 'by'] }, true],
      ['f|contains|all: [x, z]', { f: ['ax', 'by'] }, false],
      ['f: b', { f: { b: 'b' } }, false],
      ['f: 2', { f: [1, 2] }, true],
      ['f|endswith: \\b.exe', { f: ['c:\\a.exe', 'c:\\b.exe'] }, true],
      ['f: null', { f: [null] }, true],
      ['f: null', { f: [] }, false]
    ])
  })

  it('reads dotted names as they are first, then as a path, through lists too', () => {
    check([
      ['a.b: x', { 'a.b': 'x', a: { b: 'y' } }, true],
      ['a.b: x', { a: { b: 'x' } }, true],
      ['a.b: x', { a: [{ b: 'y' }, { b: 'x' }] }, true],
      ['a.b: x', { a: 'x' }, false],
      ['constructor.name: Object', {}, false],
      ['__proto__|exists: true', {}, false],
      ['toString|exists: true', {}, false],
      ['F: x', { f: 'x' }, false]
    ])
  })
})

describe('keywords', () => {
  it('look into every value, nested ones too, but not into keys', () => {
    const keywords = (list: string, event: JsonObject) => {
      const set = compile(`words:\n${list.replace(/^/gm, '  ')}\ncondition: words`)
      return set.match(toSigmaEvent({ product: 'test', ...event })).length === 1
    }
    expect(keywords('- abc', { f: 'xxABCxx' })).toBe(true)
    expect(keywords('- abc', { f: { g: ['-', 'abc'] } })).toBe(true)
    expect(keywords('- abc', { abc: 'x' })).toBe(false)
    expect(keywords('- abc', { _note: 'abc' })).toBe(false)
    expect(keywords('- 404', { f: 14041 })).toBe(true)
    expect(keywords('- a*c', { f: 'xxabcxx' })).toBe(true)
    expect(keywords('- a*c', { f: 'a', g: 'c' })).toBe(false)
    expect(keywords('- tấn công', { f: 'bị TẤN CÔNG' })).toBe(true)
    expect(keywords("'|all':\n  - one\n  - two", { f: 'one', g: 'two' })).toBe(true)
    expect(keywords("'|all':\n  - one\n  - two", { f: 'one' })).toBe(false)
    expect(keywords("'|re': 'a[0-9]c'", { f: 'xa5c' })).toBe(true)
    expect(keywords("'|endswith': abc", { f: 'abcd' })).toBe(false)
    expect(keywords("'|endswith': \\abc", { f: 'x\\abc' })).toBe(true)
    expect(keywords("'|cidr': 192.0.2.0/24", { f: '192.0.2.9' })).toBe(true)
  })

  it('may be a single word, or stand among maps', () => {
    const hit = (detection: string, event: JsonObject) =>
      compile(detection).match(toSigmaEvent({ product: 'test', ...event })).length
    expect(hit('words: abc\ncondition: words', { f: 'xabc' })).toBe(1)
    expect(hit('mix:\n  - abc\n  - f: 1\ncondition: mix', { f: 1 })).toBe(1)
    expect(hit('mix:\n  - abc\n  - f: 1\ncondition: mix', { f: 2, g: 'abc' })).toBe(1)
    expect(hit('mix:\n  - abc\n  - f: 1\ncondition: mix', { f: 2 })).toBe(0)
  })
})

describe('text modifiers', () => {
  it('contains, startswith and endswith keep wildcards active', () => {
    check(
      [
        ['f|contains: bc', { f: 'aBCd' }, true],
        ['f|contains: b*d', { f: 'abxxde' }, true],
        ["f|contains: 'b\\*d'", { f: 'ab*de' }, true],
        ['f|startswith: ab', { f: 'ABc' }, true],
        ['f|startswith: ab', { f: 'xab' }, false],
        ['f|endswith: bc', { f: 'abc' }, true],
        ['f|endswith: bc', { f: 'bcd' }, false],
        ["f|endswith: '\\cmd.exe'", { f: 'C:\\Windows\\CMD.EXE' }, true],
        ["f|endswith: '\\cmd.exe'", { f: 'C:\\Windows\\xcmd.exe' }, false],
        ["f|endswith: '/bin/sh'", { f: '/usr/bin/sh' }, true],
        ["f|endswith: '/sh'", { f: '/usr/bin/sh' }, true],
        ["f|endswith: '\\sh'", { f: '/usr/bin\\x/sh' }, false],
        ["f|contains: ''", { f: 'x' }, true],
        ["f|contains: ''", {}, false],
        ['f|contains: 7', {}, false]
      ].slice(0, 13) as Case[]
    )
  })

  it('all asks for every value', () => {
    check([
      ['f|contains|all: [a, b]', { f: 'b-a' }, true],
      ['f|contains|all: [a, b]', { f: 'a' }, false],
      ['f|all|contains: [a, b]', { f: 'ba' }, true],
      ['f|all: [a*, "*b"]', { f: 'a..b' }, true],
      ['f|contains|all: a', { f: 'a' }, true]
    ])
  })

  it('cased compares case', () => {
    check([
      ['f|cased: Abc', { f: 'Abc' }, true],
      ['f|cased: Abc', { f: 'abc' }, false],
      ['f|contains|cased: BC', { f: 'aBCd' }, true],
      ['f|contains|cased: BC', { f: 'abcd' }, false],
      ["f|endswith|cased: '\\A.exe'", { f: 'c:\\A.exe' }, true],
      ["f|endswith|cased: '\\A.exe'", { f: 'c:\\a.exe' }, false],
      ['f|cased: Đ*', { f: 'Đà Nẵng' }, true],
      ['f|cased: Đ*', { f: 'đà nẵng' }, false]
    ])
  })

  it('neq is true where the item is not, for absent fields too', () => {
    check([
      ['f|neq: a', { f: 'b' }, true],
      ['f|neq: a', { f: 'A' }, false],
      ['f|neq: a', {}, true],
      ['f|neq: [a, b]', { f: 'b' }, false],
      ['f|neq: [a, b]', { f: 'c' }, true],
      ['f|contains|neq: a', { f: 'xax' }, false],
      ['f|fieldref|neq: g', { f: 'x', g: 'y' }, true],
      ['f|fieldref|neq: g', { f: 'x', g: 'X' }, false]
    ])
  })

  it('windash takes every dash before an option, and only there', () => {
    check([
      ['f|windash|contains: " -enc"', { f: 'p -enc x' }, true],
      ['f|contains|windash: " -enc"', { f: 'p /ENC x' }, true],
      ['f|contains|windash: " -enc"', { f: 'p \u2013enc x' }, true],
      ['f|contains|windash: " -enc"', { f: 'p \u2014enc x' }, true],
      ['f|contains|windash: " -enc"', { f: 'p \u2015enc x' }, true],
      ['f|contains|windash: " -enc"', { f: 'p +enc x' }, false],
      ['f|contains|windash: a-b', { f: 'a/b' }, false],
      ['f|contains|windash: " -a -b"', { f: 'x /a \u2013b' }, true],
      ['f|contains|windash: " -a -b -c"', { f: 'x /a \u2013b -c' }, true],
      ['f|contains|windash: " -a -b -c"', { f: 'x /a \u2013b +c' }, false],
      ['f|windash: "-x"', { f: '/x' }, true],
      ['f|contains|all|windash: [" -a", " /b"]', { f: 'x /a -b' }, true]
    ])
  })

  it('base64 and base64offset find encoded text at every place', () => {
    const encode = (text: string) => Buffer.from(text).toString('base64')
    const wide = (text: string) => Buffer.from(text, 'utf16le').toString('base64')
    check([
      ['f|base64: foobar', { f: encode('foobar') }, true],
      ['f|base64|contains: foobar', { f: `x ${encode('foobar')} y` }, true],
      ...['', 'x', 'xy', 'xyz', 'wxyz'].map((before): Case => [
        'f|base64offset|contains: foobar',
        { f: encode(`${before}foobar and more`) },
        true
      ]),
      ...['', 'x', 'xy'].map((before): Case => [
        'f|base64offset|contains: tấn công',
        { f: encode(`${before}tấn công!`) },
        true
      ]),
      ...['', 'ab', 'abcd'].map((before): Case => [
        'f|wide|base64offset|contains: IEX',
        { f: wide(`${before}IEX (New-Object)`) },
        true
      ]),
      ['f|utf16le|base64offset|contains: IEX', { f: wide('IEX xx') }, true],
      ['f|utf16be|base64offset|contains: IEX', { f: Buffer.from('IEX ', 'utf16le').swap16().toString('base64') }, true],
      ['f|utf16|base64|contains: IEX', { f: Buffer.from('\ufeffIEX', 'utf16le').toString('base64') }, true],
      ['f|base64offset|contains: foobar', { f: encode('foo bar') }, false],
      ['f|base64offset|contains|all: [foobar, quux]', { f: encode('xfoobar quux') }, true],
      ['f|base64offset|contains|all: [foobar, quux]', { f: encode('xfoobar qux') }, false],
      ['f|wide|contains: ab', { f: 'a\0b\0' }, true]
    ])
  })
})

describe('other comparisons', () => {
  it('exists asks for the key, not the value', () => {
    check([
      ['f|exists: true', { f: null }, true],
      ['f|exists: true', { f: '' }, true],
      ['f|exists: true', { f: { g: 1 } }, true],
      ['f|exists: true', {}, false],
      ['f|exists: false', {}, true],
      ['f|exists: false', { f: 0 }, false]
    ])
  })

  it('compares numbers and numeric texts', () => {
    check([
      ['f|lt: 10', { f: 9 }, true],
      ['f|lt: 10', { f: 10 }, false],
      ['f|lte: 10', { f: '10' }, true],
      ['f|gt: 10', { f: '10.5' }, true],
      ['f|gte: 10', { f: 10 }, true],
      ['f|gt: 10', { f: 'eleven' }, false],
      ['f|gt: 10', { f: '' }, false],
      ['f|gt: 10', {}, false],
      ['f|gt: 10', { f: '0x20' }, false],
      ['f|gt: [100, 10]', { f: 50 }, true],
      ['f|gt: -1', { f: [-5, 3] }, true]
    ])
  })

  it('re searches with case, flags and inline flags', () => {
    check([
      ['f|re: b.d', { f: 'abcde' }, true],
      ['f|re: B.D', { f: 'abcde' }, false],
      ['f|re|i: B.D', { f: 'abcde' }, true],
      ["f|re: '(?i)B.D'", { f: 'abcde' }, true],
      ['f|re: b.d', { f: 'b\nd' }, false],
      ['f|re|s: b.d', { f: 'b\nd' }, true],
      ["f|re: '^d'", { f: 'a\nd' }, false],
      ["f|re|m: '^d'", { f: 'a\nd' }, true],
      ["f|re|multiline|dotall|ignorecase: '^D.e'", { f: 'a\nd\ne' }, true],
      ["f|re: '\\d{3}\\.x'", { f: 'a123.x' }, true],
      ["f|re|startswith: 'a|b'", { f: 'xb' }, false],
      ["f|re|endswith: 'a|b'", { f: 'xb' }, true],
      ['f|re|contains: b', { f: 'abc' }, true],
      ["f|re: '^4\\d+$'", { f: 4688 }, true],
      ["f|re: '(cmd|pow)er'", { f: 'xpower' }, true],
      ["f|re: '.{5,}'", { f: 'abcd' }, false],
      ["f|re|i: 'task'", { f: 'ta\u017fk' }, true]
    ])
  })

  it('cidr knows IPv4, IPv6, mapped addresses, zones and brackets', () => {
    check([
      ['f|cidr: 192.0.2.0/24', { f: '192.0.2.200' }, true],
      ['f|cidr: 192.0.2.0/24', { f: '192.0.3.1' }, false],
      ['f|cidr: 192.0.2.0/24', { f: '::ffff:192.0.2.1' }, true],
      ['f|cidr: 192.0.2.0/24', { f: 'host' }, false],
      ['f|cidr: 0.0.0.0/0', { f: '203.0.113.1' }, true],
      ['f|cidr: 0.0.0.0/0', { f: '2001:db8::1' }, false],
      ['f|cidr: 203.0.113.9', { f: '203.0.113.9' }, true],
      ['f|cidr: fc00::/7', { f: 'fd12::1' }, true],
      ['f|cidr: fc00::/7', { f: '2001:db8::1' }, false],
      ['f|cidr: fe80::/10', { f: 'fe80::1%eth0' }, true],
      ['f|cidr: ::1/128', { f: '[::1]' }, true],
      ['f|cidr: ::1/128', { f: '::2' }, false],
      ['f|cidr: 2001:db8::/33', { f: '2001:db8:7fff::1' }, true],
      ['f|cidr: 2001:db8::/33', { f: '2001:db8:8000::1' }, false],
      ['f|cidr: [192.0.2.0/24, 198.51.100.0/24]', { f: '198.51.100.7' }, true]
    ])
  })

  it('fieldref compares two fields of the event', () => {
    check([
      ['f|fieldref: g', { f: 'Ab', g: 'aB' }, true],
      ['f|fieldref|cased: g', { f: 'Ab', g: 'aB' }, false],
      ['f|fieldref: g', { f: 'a' }, false],
      ['f|fieldref: g', {}, false],
      ['f|fieldref: g.h', { f: 'a', g: { h: 'a' } }, true],
      ['f|fieldref|startswith: g', { f: 'abc', g: 'ab' }, true],
      ['f|fieldref|endswith: g', { f: 'abc', g: 'bc' }, true],
      ['f|fieldref|contains: g', { f: 'abc', g: 'b' }, true],
      ['f|fieldref|contains: g', { f: 'abc', g: 'x' }, false],
      ['f|fieldref: g', { f: 1, g: '1' }, true]
    ])
  })

  it('parts of dates are read as written, in ISO weeks', () => {
    check([
      ['f|minute: 5', { f: '2023-10-15T23:05:59+07:00' }, true],
      ['f|hour: 23', { f: '2023-10-15 23:05:59.123' }, true],
      ['f|day: 15', { f: '2023-10-15' }, true],
      ['f|month: 10', { f: '2023-10-15T23:05:59Z' }, true],
      ['f|year: [2022, 2023]', { f: '2023-10-15T23:05:59Z' }, true],
      ['f|week: 41', { f: '2023-10-15T23:05:59Z' }, true],
      ['f|week: 53', { f: '2021-01-01' }, true],
      ['f|hour: 0', { f: '2023-10-15' }, false],
      ['f|day: 15', { f: 'the 15th' }, false]
    ])
  })
})

describe('refusals', () => {
  it('name the code and the line', () => {
    const cases: [item: string, code: string][] = [
      ['f|contain: a', 'modifier.unknown'],
      ['f|__proto__: a', 'modifier.unknown'],
      ['f|contains|re: a', 'modifier.use'],
      ['f|contains: null', 'modifier.use'],
      ['f|contains|cidr: 192.0.2.0/24', 'modifier.use'],
      ['f|cidr: 192.0.2.0/33', 'modifier.use'],
      ['f|cidr: example', 'modifier.use'],
      ['f|exists: maybe', 'modifier.use'],
      ['f|exists: [true, false]', 'modifier.use'],
      ['f|gt: many', 'modifier.use'],
      ['f|i: a', 'modifier.use'],
      ['f|base64: a*b', 'modifier.use'],
      ['f|utf16: a', 'modifier.use'],
      ['f|expand: "%users%"', 'modifier.placeholder'],
      ['f|contains|expand: "x%users%y"', 'modifier.placeholder'],
      ["f|re: '(?=a)'", 'modifier.regex'],
      ["f|re: '(a)\\1'", 'modifier.regex'],
      ["f|re: '('", 'modifier.regex'],
      ["f|re: '((a{1000}){1000}){1000}'", 'modifier.regex'],
      ['f|re|cased: a', 'modifier.use'],
      ['f|hour: noon', 'modifier.use'],
      ['f: []', 'detection.empty'],
      ['f: {}', 'detection.shape'],
      ['f: [[a]]', 'detection.shape'],
      ["'': ''", 'modifier.use']
    ]
    for (const [item, code] of cases) expect(fault(item), item).toEqual({ code, line: 6 })
  })

  it('say where an empty value stands and how it is meant as a word', () => {
    const { errors } = parseSigma(rule('sel:\n  f|contains: null'), 'test.yml')
    expect(errors[0]!.message).toContain('put null in quotes (line 6, column')
  })

  it('takes a percent sign without expand as itself', () => {
    check([
      ['f: "%users%"', { f: '%users%' }, true],
      ['f|expand: plain', { f: 'plain' }, true]
    ])
  })
})

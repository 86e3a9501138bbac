import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#core/event.ts'
import { compileForElasticsearch } from '../elasticsearch/compile.ts'
import { matchesQuery } from './evaluate.ts'
import { parseQuery } from './parse.ts'

const now = Date.parse('2026-11-30T08:00:00+07:00')
const found = (query: string, document: JsonObject, text = '') => {
  const read = parseQuery(query, now)
  if ('error' in read) return `${read.error.code} at ${read.error.position}`
  // What is handed to the server must be a query there too.
  expect(compileForElasticsearch(read.ast, { patterns: true }).may).toBeTypeOf('object')
  return matchesQuery(read.ast, document, text)
}
const event = (extra: JsonObject = {}): JsonObject => ({ '@timestamp': '2026-11-30T00:27:30.000Z', ...extra })

describe('exclusion and operators', () => {
  it.each([
    ['failed -root', false],
    ['failed !root', false],
    ['failed -guest', true],
    ['failed ! guest', true],
    ['-"failed password"', false],
    ['-(guest OR root)', false],
    ['!host.name:web-01', false],
    ['failed -host.name:db', true],
    ['failed and guest', false],
    ['guest or root', true],
    ['failed not guest', true],
    ['failed && !root', false],
    ['"failed" And (guest Or root)', true],
    ['-', 'query.no_words at 0'],
    ['failed and', 'query.missing_operand at 10'],
    ['log-in', false],
    ['pre-auth', true]
  ])('%s', (query, expected) => {
    expect(found(query, event({ host: { name: 'web-01' } }), 'Failed password for root pre auth')).toBe(expected)
  })
})

describe('days and moments', () => {
  it.each([
    ['@timestamp:2026-11-30', true],
    ['@timestamp:30/11/2026', true],
    ['@timestamp:30-11-2026', true],
    ['@timestamp:29/11/2026', false],
    ['@timestamp:"07:27 30/11/2026"', true],
    ['@timestamp:30/11/2026 07:27', true],
    ['@timestamp:07:28 30/11/2026', false],
    ['@timestamp:>="30/11/2026 07:27"', true],
    ['@timestamp:>=30/11/2026 07:28', false],
    ['@timestamp:>="2026-11-30 07:27"', true],
    ['@timestamp:<"07:27 30/11/2026"', false],
    ['@timestamp:<="07:27 30/11/2026"', true],
    ['@timestamp:>"07:27 30/11/2026"', false],
    ['@timestamp:2026-11-30T00:27:30Z', true],
    ['@timestamp:[30/11/2026 07:00 TO 30/11/2026 08:00]', true],
    ['@timestamp:["30/11/2026 07:28" to *]', false],
    ['@timestamp:>now-1h', true],
    ['@timestamp:<now-1h', false],
    ['@timestamp:>=now-30m', false],
    ['@timestamp:[now-1d TO now]', true],
    ['@timestamp:now/d', true],
    ['@timestamp:<1796000000000', true],
    ['event.created:>=2026-01-01', false],
    ['vendor.day:30/11/2026', true],
    ['vendor.day:2026-11-30', true]
  ])('%s is understood', (query, expected) => {
    expect(found(query, event({ vendor: { day: '2026-11-30' } }))).toBe(expected)
  })

  it.each([
    ['@timestamp:<11/13/2026', 'query.bad_date at 12'],
    ['@timestamp:2026-13-01', 'query.bad_date at 11'],
    ['@timestamp:>=31/02/2026', 'query.bad_date at 13'],
    ['@timestamp:>="2026-02-30T01:00:00Z"', 'query.bad_date at 13'],
    ['@timestamp:>="30/11/2026 24:10"', 'query.bad_date at 13'],
    ['@timestamp:>=yesterday', 'query.bad_date at 13'],
    ['@timestamp:>=now-1y', 'query.bad_date at 13'],
    ['@timestamp:now-1h', 'query.bad_date at 11'],
    ['@timestamp:[2026-11-01 TO 2026-11-31]', 'query.bad_date at 26'],
    ['@timestamp:2026-11*', 'query.bad_date at 11'],
    ['@timestamp:>5', 'query.bad_date at 12'],
    ['x:>=31/04/2026', 'query.bad_date at 4'],
    ['x:[1.1.2026 TO 2026-01-02]', 'query.bad_date at 3'],
    ['@timestamp:[2026-11-30 TO 2026-11-29]', 'query.reversed_range at 12'],
    ['n:[9 TO 10] n:[10 TO 9]', 'query.reversed_range at 15'],
    ['n:{5 TO 5}', 'query.reversed_range at 3'],
    ['host.name:[b TO a]', 'query.reversed_range at 11'],
    ['source.ip:[10.0.0.9 TO 10.0.0.10] source.ip:[10.0.0.10 TO 10.0.0.9]', 'query.reversed_range at 45'],
    ['n:[5 TO x]', 'query.mixed_range at 8'],
    ['n:[2026-11-30 TO 7]', 'query.mixed_range at 17'],
    ['[2026-11-29 TO 2026-11-30]', 'query.bad_range at 0']
  ])('%s is refused at its place', (query, expected) => {
    expect(found(query, event())).toBe(expected)
  })
})

describe('values as they are pasted', () => {
  const document = event({
    process: { executable: 'C:\\Windows\\' },
    file: { path: '\\\\may-chu\\chung\\a.docx', directory: 'D:\\' },
    url: { path: '*admin' },
    rule: { name: '(thử) một' },
    registry: { path: '\\Registry\\Machine' }
  })
  it.each([
    ['process.executable:"C:\\Windows\\"', true],
    ['process.executable:"C:\\\\Windows\\\\"', true],
    ['process.executable:C:\\Windows\\', true],
    ['(process.executable:"C:\\Windows\\") rule.name:"(thử) một"', true],
    ['file.directory:"D:\\"', true],
    ['file.path:\\\\may-chu\\chung\\a.docx', true],
    ['file.path:"\\\\may-chu\\chung\\a.docx"', true],
    ['file.path:"\\\\\\\\may-chu\\\\chung\\\\a.docx"', true],
    ['url.path:\\*admin', true],
    ['url.path:\\*dmin', false],
    ['rule.name:\\(thử\\)\\ một', true],
    ['registry.path:\\Registry\\Machine', true],
    ['registry.path:\\Registry\\*', false]
  ])('%s', (query, expected) => {
    expect(found(query, document)).toBe(expected)
  })
})

describe('addresses', () => {
  const document = event({
    source: { ip: '2001:db8::1' },
    destination: { ip: '::ffff:192.0.2.7' },
    dns: { resolved_ip: ['198.51.100.9', '2001:DB8:0:0::5'] },
    vendor: { srcip: '192.0.2.7', subnet: '192.0.2.0/24', gateway: '192.0.2.1' }
  })
  it.each([
    ['source.ip:2001:0DB8:0:0:0:0:0:1', true],
    ['source.ip:"2001:db8:0::1"', true],
    ['source.ip:[2001:db8::1]', true],
    ['source.ip:2001:db8::2', false],
    ['source.ip:2001:db8::/32', true],
    ['source.ip:2001:db9::/32', false],
    ['destination.ip:192.0.2.7', true],
    ['destination.ip:192.0.2.0/24', true],
    ['dns.resolved_ip:198.51.100.0/24', true],
    ['dns.resolved_ip:2001:db8::/48', true],
    ['dns.resolved_ip:2001:db8::5', true],
    ['dns.resolved_ip:203.0.113.0/24', false],
    ['vendor.srcip:::ffff:192.0.2.7', true],
    ['vendor.srcip:192.0.2.0/29', true],
    ['vendor.subnet:192.0.2.0/24', true],
    ['vendor.gateway:192.0.2.0/24', true],
    ['source.ip:192.0.2.0/33', 'query.bad_address at 10'],
    ['source.ip:2001:db8::/129', 'query.bad_address at 10'],
    ['source.ip:192.0.2.0/255.255.255.0', 'query.bad_address at 10'],
    ['source.ip:192.0.2.256', 'query.bad_address at 10'],
    ['source.ip:192.0.2', 'query.bad_address at 10'],
    ['vendor.gateway:192.0.2.0/33', 'query.bad_address at 15'],
    ['source.ip:>x', 'query.bad_address at 11'],
    ['192.0.2.0/24', 'query.write_instead at 0']
  ])('%s', (query, expected) => {
    expect(found(query, document)).toBe(expected)
  })
})

describe('what other languages mean is refused where it stands', () => {
  it.each([
    ['x:/re.*/', 'query.write_instead at 2'],
    ['fail /re/', 'query.write_instead at 5'],
    ['root~', 'query.write_instead at 4'],
    ['root~2', 'query.write_instead at 4'],
    ['user.name:root~1', 'query.write_instead at 14'],
    ['"a b"~3', 'query.write_instead at 5'],
    ['root^2', 'query.write_instead at 4'],
    ['(a b)^2.5', 'query.write_instead at 5'],
    ['_exists_:host.name', 'query.write_instead at 0'],
    ['user=root', 'query.write_instead at 4'],
    ['status>=500', 'query.write_instead at 6'],
    ['user.name:!root', 'query.write_instead at 10'],
    ['user.name:=root', 'query.write_instead at 10'],
    ['--force', 'query.write_instead at 0'],
    ['host.name :web', 'query.write_instead at 10'],
    ['threat.enrichments[0].indicator.ip:x', 'query.write_instead at 0'],
    ['host.*:web', 'query.write_instead at 0'],
    ['máy.tên:web', 'query.write_instead at 0'],
    ['{"match":1}', 'query.write_instead at 0'],
    ['n:(-5 OR 3)', 'query.write_instead at 3'],
    ['"a"b', 'query.unexpected at 3'],
    ['n:[1 TO 2]x', 'query.unexpected at 10'],
    ['http.response.status_code:>abc', 'query.bad_bound at 27']
  ])('%s', (query, expected) => {
    expect(found(query, event())).toBe(expected)
  })

  it.each([
    'http://192.0.2.15/a?b=c&d=/e/',
    '07:27:30',
    'fe80::1',
    'aa:bb:cc:dd:ee:ff',
    'std::string',
    'C:\\Windows\\x',
    '"user=root"',
    '"root~"',
    '/var/log/syslog',
    'url.path:/admin/login',
    'n:-5'
  ])('but %s is what it is', (query) => {
    expect(found(query, event())).toBe(false)
  })
})

describe('numbers', () => {
  const flow = (value: string | number) => event({ vendor: { flow: value } })
  it('beyond what a double holds are compared exactly', () => {
    expect(found('vendor.flow:>1610521604143693811', flow('1610521604143693812'))).toBe(true)
    expect(found('vendor.flow:>1610521604143693811', flow('1610521604143693811'))).toBe(false)
    expect(found('vendor.flow:>=1610521604143693811', flow('1610521604143693811'))).toBe(true)
    expect(found('vendor.flow:<-1610521604143693811', flow('-1610521604143693812'))).toBe(true)
    expect(found('vendor.flow:[1610521604143693811 TO 1610521604143693811]', flow('1610521604143693811'))).toBe(true)
    expect(found('vendor.flow:[1610521604143693812 TO 1610521604143693811]', flow('1'))).toBe(
      'query.reversed_range at 13'
    )
  })

  it('order as integers do', () => {
    const big = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    fc.assert(
      fc.property(big, big, (value, bound) => {
        expect(found(`n:>${bound}`, { n: String(value) })).toBe(value > bound)
        expect(found(`n:<=${bound}`, { n: String(value) })).toBe(value <= bound)
      })
    )
  })
})

type Tree = { leaf: number } | { not: Tree } | { and: [Tree, Tree] } | { or: [Tree, Tree] }

describe('an expression in any spelling', () => {
  const leaves = ['alpha', '"beta gamma"', 'a.b:1', 'a.c:>=5', 'a.ip:192.0.2.0/24', 'a.d:(x OR y)']
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.record({ leaf: fc.nat(leaves.length - 1) }),
      fc.record({ not: tie('tree') }),
      fc.record({ and: fc.tuple(tie('tree'), tie('tree')) }),
      fc.record({ or: fc.tuple(tie('tree'), tie('tree')) })
    )
  }))
  const spelling = fc.record({
    and: fc.constantFrom(' ', ' AND ', ' and ', ' && '),
    or: fc.constantFrom(' OR ', ' or ', ' || ', ' Or '),
    not: fc.constantFrom('NOT ', 'not ', '-', '!', '! ')
  })
  type Spelling = { and: string; or: string; not: string }
  const print = (node: Tree, how: Spelling): string => {
    if ('leaf' in node) return leaves[node.leaf]!
    // A sign in front of a sign would be read as a text.
    if ('not' in node) return `${how.not}(${print(node.not, how)})`
    const [left, right] = 'and' in node ? node.and : node.or
    return `(${print(left, how)}${'and' in node ? how.and : how.or}${print(right, how)})`
  }
  const value = (node: Tree, truth: boolean[]): boolean => {
    if ('leaf' in node) return truth[node.leaf]!
    if ('not' in node) return !value(node.not, truth)
    const [left, right] = 'and' in node ? node.and : node.or
    return 'and' in node ? value(left, truth) && value(right, truth) : value(left, truth) || value(right, truth)
  }

  it('means its tree', () => {
    const truths = fc.array(fc.boolean(), { minLength: leaves.length, maxLength: leaves.length })
    fc.assert(
      fc.property(tree, spelling, truths, (node, how, truth) => {
        const [alpha, beta, b, c, ip, d] = truth
        const document = { a: { b: b ? 1 : 2, c: c ? 5 : 4, ip: ip ? '192.0.2.9' : '198.51.100.9', d: d ? 'y' : 'z' } }
        const text = `${alpha ? 'alpha' : ''} ${beta ? 'beta gamma' : 'gamma beta'}`
        expect(found(print(node, how), document, text)).toBe(value(node, truth))
      }),
      { numRuns: 2_000 }
    )
  })
})

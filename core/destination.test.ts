import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkAddress,
  checkHost,
  checkResolver,
  checkTarget,
  checkUrl,
  destinationRule,
  mayRedirect
} from './destination.ts'
import type { ProbeTarget } from './probes/target.ts'

const none = destinationRule([])
const everything = destinationRule(['0.0.0.0/0', '::/0'])
const province = destinationRule(['10.0.0.0/8'])
const refused = expect.objectContaining({ code: 'network.forbidden', status: 422 }) as Error

const neverAsked = [
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '255.255.255.255',
    '240.0.0.1'
  ],
  ...['224.0.0.1', '239.255.255.250', '168.63.129.16', '100.100.100.200', '192.0.0.192'],
  ...['::', '::1', '::127.0.0.1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'ff02::1', 'fd00:ec2::254', 'fd20:ce::254'],
  ...[
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254'
  ],
  ...['64:ff9b:1::a00:1', '2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:7f00:1::', '2001:0:808:808::5601:5601']
]

it('what is never asked is refused even when every network is allowed', () => {
  for (const address of neverAsked) {
    expect([address, outcome(address, everything)]).toEqual([address, 'network.forbidden'])
    expect([address, outcome(address, none)]).toEqual([address, 'network.forbidden'])
  }
})

function outcome(address: string, rule = none, port = 80): string {
  try {
    return checkAddress(address, port, rule)
  } catch (error) {
    return (error as { code: string }).code
  }
}

it('private and special addresses need a network of the rule, in every form that leads there', () => {
  const special = [
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '198.18.0.1',
      '192.0.2.1',
      '198.51.100.1'
    ],
    ...['203.0.113.1', 'fc00::1', 'fd12:3456::1', 'fec0::1', '2001:db8::1', '3fff::1', '4000::1'],
    ...['::ffff:10.0.0.1', '::ffff:a00:1', '64:ff9b::a00:1', '2002:a00:1::', '2001:0:808:808::f5ff:fffe']
  ]
  for (const address of special) {
    expect([address, outcome(address)]).toEqual([address, 'network.forbidden'])
    expect([address, outcome(address, everything)]).toEqual([address, 'private'])
  }
  for (const address of ['10.0.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::']) {
    expect(outcome(address, province)).toBe('private')
  }
  expect(outcome('192.168.1.1', province)).toBe('network.forbidden')
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '64:ff9b::808:808'])
    expect(outcome(address)).toBe('public')
})

it('an endpoint of the rule is that address and that port, however it is written, and nothing else', () => {
  const rule = destinationRule([], ['127.0.0.1:8080', '[::1]:8081'])
  expect(outcome('127.0.0.1', rule, 8080)).toBe('endpoint')
  expect(outcome('::ffff:127.0.0.1', rule, 8080)).toBe('endpoint')
  expect(outcome('::1', rule, 8081)).toBe('endpoint')
  expect(outcome('127.0.0.1', rule, 8081)).toBe('network.forbidden')
  expect(outcome('127.0.0.2', rule, 8080)).toBe('network.forbidden')
  expect(() => destinationRule([], ['localhost:80'])).toThrow('no endpoint')
})

it('a redirect leads outwards or stays where it began', () => {
  expect(mayRedirect('public', 'private')).toBe(false)
  expect(mayRedirect('public', 'endpoint')).toBe(false)
  expect(mayRedirect('endpoint', 'private')).toBe(false)
  expect(mayRedirect('private', 'private')).toBe(true)
  expect(mayRedirect('private', 'public')).toBe(true)
})

describe('addresses as people and attackers write them', () => {
  const loopback = [
    ...['http://127.0.0.1/', 'http://127.1/', 'http://0177.0.0.1/', 'http://0x7f.1/', 'http://0x7f000001/'],
    ...[
      'http://2130706433/',
      'http://017700000001/',
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:7f00:1]/'
    ],
    ...['http://127.0.0.1./', 'http://①②⑦.⓪.⓪.①/', 'http://127。0。0。1/', 'http://localhost/', 'http://LOCALHOST./'],
    ...['http://a.localhost/', 'http:\\\\127.0.0.1\\', 'http:/127.0.0.1', ' http://127.0.0.1', 'http://12\t7.0.0.1/'],
    ...['http://%31%32%37.0.0.1/', 'http://metadata.google.internal/', 'http://169.254.169.254/latest/', 'http://0/']
  ]
  it('whatever means this machine or its link is refused', () => {
    for (const text of loopback) expect(() => checkUrl(text, everything), text).toThrow(refused)
  })

  it('other schemes, credentials, odd ports and broken hosts are no addresses to ask', () => {
    const texts = [
      'ftp://example.com/',
      'file:///etc/passwd',
      'gopher://example.com/',
      'javascript:alert(1)',
      'http://user@example.com/',
      'http://user:secret@example.com/',
      'http://:secret@example.com/',
      'http://example.com:0/',
      'http://exa mple.com/',
      'http://[fe80::1%25eth0]/',
      'http://-example.com/',
      'http://a..b/',
      'http://1.2.3.4.5/',
      'http:///',
      `http://example.com/${'a'.repeat(2_000)}`,
      ''
    ]
    for (const text of texts) expect(() => checkUrl(text, everything), text.slice(0, 60)).toThrow(refused)
  })

  it('a name is asked in ASCII, lower-case, without its last dot', () => {
    expect(checkUrl('https://HueS.Example.VN.:8443/a?b#c', none)).toMatchObject({ host: 'hues.example.vn', port: 8443 })
    expect(checkUrl('http://thừathiênhuế.example/', none).host).toMatch(/^xn--[a-z0-9-]+\.example$/)
    expect(checkUrl('https://[2606:4700::1111]/', none)).toMatchObject({ host: '2606:4700::1111', port: 443 })
    expect(checkHost('0x0a000001', 80, province)).toBe('10.0.0.1')
  })

  it('any spelling of a loopback address as a number is refused', () => {
    const base = fc.constantFrom(10, 8, 16)
    const part = (value: number, radix: number) =>
      radix === 16 ? `0x${value.toString(16)}` : radix === 8 ? `0${value.toString(8)}` : String(value)
    fc.assert(
      fc.property(fc.nat(2 ** 24 - 1), base, base, fc.integer({ min: 1, max: 4 }), (rest, first, others, parts) => {
        const value = 0x7f000000 + rest
        const pieces: string[] = []
        for (let index = 0; index < parts - 1; index++) {
          pieces.push(part((value >>> (24 - 8 * index)) & 0xff, index === 0 ? first : others))
        }
        const last = parts === 1 ? value : value % 2 ** (8 * (5 - parts))
        pieces.push(part(last, others))
        expect(() => checkUrl(`http://${pieces.join('.')}/`, everything)).toThrow(refused)
        expect(() => checkHost(pieces.join('.'), 80, everything)).toThrow(refused)
      })
    )
  })

  it('any text either is refused in our words or is a host that was checked', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.webUrl({ withQueryParameters: true }),
      fc.ipV4().map((address) => `http://${address}/`),
      fc.ipV6().map((address) => `https://[${address}]:8443/`)
    )
    const inside = new BlockList()
    for (const network of ['127.0.0.0', '0.0.0.0', '10.0.0.0']) inside.addSubnet(network, 8)
    for (const network of ['169.254.0.0', '192.168.0.0']) inside.addSubnet(network, 16)
    inside.addSubnet('172.16.0.0', 12)
    inside.addSubnet('::', 96, 'ipv6')
    inside.addSubnet('fc00::', 7, 'ipv6')
    inside.addSubnet('fe80::', 10, 'ipv6')
    fc.assert(
      fc.property(text, (candidate) => {
        for (const check of [() => checkUrl(candidate, none).host, () => checkHost(candidate, 443, none)]) {
          let host: string
          try {
            host = check()
          } catch (error) {
            expect(error).toMatchObject({ code: 'network.forbidden' })
            continue
          }
          expect(host).toMatch(/^[a-z0-9._:-]+$/)
          if (isIP(host) !== 0) expect(inside.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')).toBe(false)
          expect(host).not.toBe('localhost')
        }
      }),
      { numRuns: 300 }
    )
  })
})

it('a target is looked at when it is defined: addresses, paths, resolvers', () => {
  const http = (url: string, jsonPath = ''): ProbeTarget => ({
    ...{ kind: 'http', url, method: 'GET', statuses: [], keyword: '', notKeyword: '', jsonPath, jsonValue: '' },
    ...{ slowMs: 0, certificateDays: 0, redirects: 0 }
  })
  const dns = (server: string, name = 'example.com'): ProbeTarget => ({
    kind: 'dns',
    name,
    type: 'A',
    expected: [],
    server
  })
  expect(() => checkTarget(http('https://example.com/', '$.a[0]'), none)).not.toThrow()
  expect(() => checkTarget(http('https://example.com/', '$..a'), none)).toThrow('no path')
  expect(() => checkTarget(http('http://10.0.0.1/'), none)).toThrow(refused)
  expect(() => checkTarget(http('http://10.0.0.1/'), province)).not.toThrow()
  expect(() => checkTarget({ kind: 'tcp', host: '0x7f.1', port: 22, slowMs: 0 }, everything)).toThrow(refused)
  expect(() => checkTarget({ kind: 'tcp', host: 'a/b', port: 22, slowMs: 0 }, everything)).toThrow(refused)
  const tls: ProbeTarget = { kind: 'tls', host: 'example.com', port: 443, serverName: '', certificateDays: 0 }
  expect(() => checkTarget(tls, none)).not.toThrow()
  expect(() => checkTarget({ ...tls, serverName: 'a b' }, none)).toThrow(refused)
  expect(() => checkTarget(dns(''), none)).not.toThrow()
  expect(() => checkTarget(dns('', 'a b'), none)).toThrow(refused)
  expect(() => checkTarget(dns('127.0.0.53'), everything)).toThrow(refused)
  expect(() => checkTarget(dns('resolver.example'), everything)).toThrow(refused)
  expect(checkResolver('8.8.8.8', none)).toEqual({ address: '8.8.8.8', port: 53 })
  expect(checkResolver('[2606:4700::1111]:5353', none)).toEqual({ address: '2606:4700::1111', port: 5353 })
})

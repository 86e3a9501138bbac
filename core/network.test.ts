import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressBytes, holdsAddress, networkTable, parseAddress, parseNetwork, plainAddress } from './network.ts'

const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6())

it('an address belongs to a network exactly when the system says so', () => {
  fc.assert(
    fc.property(anyAddress, anyAddress, fc.nat(128), (base, address, length) => {
      fc.pre(isIP(base) === isIP(address) && isIP(base) !== 0)
      const prefix = Math.min(length, isIP(base) === 4 ? 32 : 128)
      const family = isIP(base) === 4 ? 'ipv4' : 'ipv6'
      // An IPv4 address written as IPv6 is the IPv4 machine here.
      fc.pre(plainAddress(base) === base && plainAddress(address) === address)
      const list = new BlockList()
      list.addSubnet(base, prefix, family)
      const network = parseNetwork(`${base}/${prefix}`)
      const find = networkTable([{ network, value: 'inside' }])
      expect(find(base)).toBe('inside')
      expect(find(address) === 'inside').toBe(list.check(address, family))
      expect(holdsAddress(network, parseAddress(address)!)).toBe(list.check(address, family))
    })
  )
})

it('the longest network wins', () => {
  const table = ['0.0.0.0/0', '192.0.2.0/24', '192.0.2.7', '2001:db8::/32', '2001:db8:1::/48']
  const find = networkTable(table.map((text) => ({ network: parseNetwork(text), value: text })))
  expect(find('198.51.100.1')).toBe('0.0.0.0/0')
  expect(find('192.0.2.8')).toBe('192.0.2.0/24')
  expect(find('192.0.2.7')).toBe('192.0.2.7')
  expect(find('::ffff:192.0.2.7')).toBe('192.0.2.7')
  expect(find('2001:db8:1::5')).toBe('2001:db8:1::/48')
  expect(find('2001:db8:2::5%eth0')).toBe('2001:db8::/32')
  expect(find('2001:db9::')).toBeUndefined()
  expect(find('no address')).toBeUndefined()
})

it.each(['', '192.0.2.0/33', '192.0.2/24', '192.0.2.0/', '192.0.2.0/2/4', '2001:db8::/129', 'host.example', '::/-1'])(
  '"%s" is refused as a network',
  (text) => {
    expect(() => parseNetwork(text)).toThrow(expect.objectContaining({ code: 'network.invalid' }))
  }
)

it('an IPv4 address inside IPv6 is the IPv4 machine, however it is written', () => {
  for (const text of [
    '192.0.2.1',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '0:0:0:0:0:ffff:c000:201',
    '::FFFF:192.0.2.1%2'
  ])
    expect(parseAddress(text)).toEqual([0xc0000201])
})

it('both ends of the address space are read', () => {
  expect([...addressBytes('255.255.255.255')!]).toEqual([255, 255, 255, 255])
  expect([...addressBytes('::')!]).toEqual(new Array(16).fill(0))
  expect([...addressBytes('::192.0.2.1')!].slice(12)).toEqual([192, 0, 2, 1])
})

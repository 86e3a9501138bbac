import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inNetwork, parseNetwork } from './cidr.ts'

it('a value lies in a network of a rule exactly when the system says so, brackets, blanks and zones or not', () => {
  const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6())
  const written = fc.constantFrom<((address: string) => string)[]>(
    (address) => address,
    (address) => `[${address}]`,
    (address) => ` ${address}`,
    (address) => (isIP(address) === 6 ? `${address}%eth0` : address)
  )
  fc.assert(
    fc.property(anyAddress, anyAddress, fc.nat(128), written, (base, address, length, write) => {
      fc.pre(isIP(base) !== 0 && isIP(address) !== 0 && !/^::ffff:/i.test(base) && !/^::ffff:/i.test(address))
      const family = (text: string) => (isIP(text) === 4 ? 'ipv4' : 'ipv6')
      const prefix = Math.min(length, isIP(base) === 4 ? 32 : 128)
      const list = new BlockList()
      list.addSubnet(base, prefix, family(base))
      const expected = isIP(base) === isIP(address) && list.check(address, family(address))
      expect(inNetwork(parseNetwork(`${base}/${prefix}`)!, write(address))).toBe(expected)
    })
  )
})

it.each(['', 'host', '192.0.2.0/33', '192.0.2.0/2/4', '192.0.2.0/x', '::/129', '/8'])('"%s" is no network', (text) => {
  expect(parseNetwork(text)).toBeUndefined()
})

import { expect, it } from 'vitest'
import { reachedAt } from './reached-at.ts'

const none = () => []
const some = () => [
  { address: '127.0.0.1', family: 'IPv4', internal: true },
  { address: 'fe80::1', family: 'IPv6', internal: false },
  { address: '2001:db8::5', family: 'IPv6', internal: false },
  { address: '192.0.2.10', family: 'IPv4', internal: false }
]

it('senders are pointed to what they can reach', () => {
  expect(reachedAt('192.0.2.1', '', some)).toBe('192.0.2.1')
  expect(reachedAt('127.0.0.1', 'https://soc.example.vn', some)).toBe('127.0.0.1')
  expect(reachedAt('0.0.0.0', 'https://soc.example.vn:8443/x', some)).toBe('soc.example.vn')
  expect(reachedAt('::', '', some)).toBe('192.0.2.10')
  expect(reachedAt('0.0.0.0', '', none)).toBe('')
})

import { expect, it } from 'vitest'
import { errandOf } from './top-box.ts'

it.each([
  ['CB-0001', 'alert', '/alerts/CB-0001'],
  ['vl 12', 'incident', '/incidents/VL-0012'],
  ['nv0007', 'task', '/tasks/NV-0007'],
  ['CB-12345', 'alert', '/alerts/CB-12345']
])('the code %s opens what it names', (typed, kind, url) => {
  expect(errandOf(typed)).toMatchObject({ kind, url })
})

it('an address is looked for in fields and messages, anything else in events', () => {
  expect(errandOf(' 192.0.2.1 ')).toMatchObject({ kind: 'address', said: '192.0.2.1' })
  expect(errandOf('2001:db8::1').kind).toBe('address')
  for (const typed of ['192.0.2.300', 'CB-', 'XY-0001', 'Phong Điền', '07:27:30'])
    expect(errandOf(typed).kind, typed).toBe('events')
})

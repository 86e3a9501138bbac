import { roles } from '#core/roles.ts'
import { expect, test } from 'vitest'
import { entriesOf, landing, maySee } from './access.ts'
import { routeOf } from './routes.ts'

test('every role lands on a page that it may see', () => {
  for (const role of roles) expect(maySee(role, routeOf(landing(role)))).toBe(true)
})

test('the rail never has more than eight entries', () => {
  for (const role of roles) expect(entriesOf(role).length).toBeLessThanOrEqual(8)
})

test('an owner lands on its own units, a leader on posture, an auditor on incidents', () => {
  expect([landing('owner'), landing('leader'), landing('auditor')]).toEqual(['/mine', '/posture', '/incidents'])
})

test('a leader finds no page with log text', () => {
  for (const path of ['/alerts', '/alerts/CB-1', '/incidents', '/search', '/sources', '/rules', '/admin'])
    expect(maySee('leader', routeOf(path))).toBe(false)
})

test('only an administrator manages accounts; an auditor reads the audit log', () => {
  expect(maySee('auditor', routeOf('/admin'))).toBe(false)
  expect(maySee('auditor', routeOf('/admin/audit'))).toBe(true)
  expect(maySee('analyst', routeOf('/admin/audit'))).toBe(false)
})

import { roles } from '#core/roles.ts'
import { expect, it } from 'vitest'
import { entriesOf, landing, maySee } from './access.ts'
import { routeOf } from './routes.ts'

it('every role lands on a page that it may see', () => {
  for (const role of roles) expect(maySee(role, routeOf(landing(role)))).toBe(true)
})

it('the rail never has more than eight entries', () => {
  for (const role of roles) expect(entriesOf(role).length).toBeLessThanOrEqual(8)
})

it('an owner lands on its own units, a leader on posture, an auditor on incidents', () => {
  expect([landing('owner'), landing('leader'), landing('auditor')]).toEqual(['/mine', '/posture', '/incidents'])
})

it('a leader finds no page with log text', () => {
  for (const path of ['/alerts', '/alerts/CB-1', '/incidents', '/search', '/sources', '/rules', '/admin'])
    expect(maySee('leader', routeOf(path))).toBe(false)
})

it('only an administrator manages accounts; an auditor reads the audit log', () => {
  expect(maySee('auditor', routeOf('/admin'))).toBe(false)
  expect(maySee('auditor', routeOf('/admin/audit'))).toBe(true)
  expect(maySee('analyst', routeOf('/admin/audit'))).toBe(false)
})

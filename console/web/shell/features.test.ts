import { roles } from '#core/roles.ts'
import { expect, it } from 'vitest'
import { entriesOf, pathOf, reachable } from './access.ts'
import { entries, pageNames, rowOf, type Entry } from './features.ts'
import { address, keyOf, propsOf, routeOf, standsAlone, type Route } from './routes.ts'

it('no two entries stand in one place of a rail, and none is left empty', () => {
  for (const role of roles) {
    const places = entries.flatMap((entry) => rowOf(entry).rail?.[role] ?? [])
    expect(places.sort(), role).toEqual(places.map((_, index) => index + 1))
  }
})

it('a role has in its rail only what it may see', () => {
  for (const role of roles) for (const entry of entriesOf(role)) expect(rowOf(entry).roles).toContain(role)
})

it('every page is read back from its own address', () => {
  for (const page of pageNames) {
    const { path } = rowOf(page)
    expect(routeOf(path.replace(/\/:\w+\?$/, '').replace(/:\w+$/, 'x')).page).toBe(page)
  }
})

it('an entry leads a role to the first view that it may see', () => {
  expect([pathOf('admin', 'admin'), pathOf('auditor', 'admin'), pathOf('owner', 'queue')]).toEqual([
    '/admin',
    '/admin/audit',
    '/alerts'
  ])
})

it('keys lead to what a role sees, in its rail or not', () => {
  expect(reachable('admin').filter((entry) => !entriesOf('admin').includes(entry))).toEqual(['search', 'reports'])
  expect(reachable('leader')).toEqual(['posture', 'reports', 'units', 'models'])
})

it('another incident is another page, another alert is another panel of the same', () => {
  expect(keyOf(routeOf('/incidents/VL-1'))).not.toBe(keyOf(routeOf('/incidents/VL-2')))
  expect(keyOf(routeOf('/alerts/CB-1'))).toBe(keyOf(routeOf('/alerts/CB-2')))
  expect(propsOf(routeOf('/admin/audit'))).toEqual({ view: 'audit', id: null })
})

it('the wall of the room and the password page stand without bar and rail', () => {
  const alone = (path: string, query = '') => standsAlone(routeOf(path), new URLSearchParams(query))
  expect([alone('/models', 'wall=1'), alone('/models'), alone('/models/22', 'wall=1'), alone('/password')]).toEqual([
    true,
    false,
    false,
    true
  ])
})

it('what is no page, entry or view is a type error', () => {
  // @ts-expect-error -- no such page
  const path = address(['nowhere'])
  // @ts-expect-error -- no such entry
  const entry: Entry = 'incident'
  // @ts-expect-error -- no such view
  const route: Route = { page: 'posture', view: 'models', id: null }
  expect([path, entry, route.page]).toEqual(['/nowhere', 'incident', 'posture'])
})

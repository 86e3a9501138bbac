import fc from 'fast-check'
import { expect, it } from 'vitest'
import { address, routeOf } from './routes.ts'

it('a deep link opens the same alert after a reload', () => {
  expect(routeOf('/alerts/CB-00001')).toEqual({ page: 'queue', id: 'CB-00001' })
  expect(routeOf('/incidents/VL-0231')).toEqual({ page: 'incident', id: 'VL-0231' })
  expect(routeOf('/sources/dead-letters')).toEqual({ page: 'sources', view: 'dead-letters', id: null })
  expect(routeOf('/admin/audit')).toEqual({ page: 'admin', view: 'audit', id: null })
})

it('what is no page is nowhere', () => {
  for (const path of ['/alerts/1/2', '/nothing', '/posture/units/1', '/%zz']) expect(routeOf(path).page).toBe('nowhere')
})

it('any id survives the address bar', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((id) => id.isWellFormed() && !/^[/.]*$/.test(id)),
      (id) => {
        const path = address(['rules', id])
        expect(routeOf(path)).toEqual({ page: 'rules', id })
        expect(path.startsWith('/rules/')).toBe(true)
      }
    )
  )
})

it('empty filters leave no trace in the address', () => {
  expect(address(['alerts'], { tab: null, q: '', level: 'high' })).toBe('/alerts?level=high')
})

it('posture leads down to its units, its incidents and one unit', () => {
  expect(routeOf('/posture')).toEqual({ page: 'posture', view: 'page', id: null })
  expect(routeOf('/posture/units')).toEqual({ page: 'posture', view: 'units', id: null })
  expect(routeOf('/posture/incidents')).toEqual({ page: 'posture', view: 'incidents', id: null })
  expect(routeOf('/posture/19849')).toEqual({ page: 'posture', view: 'unit', id: '19849' })
})

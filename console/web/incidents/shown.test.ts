import { expect, it } from 'vitest'
import type { IncidentRow } from '#core/api/alerts.ts'
import { fits, pushed, type IncidentFilter } from './shown.ts'
import { incidentTabs } from './states.ts'

const row = (id: string, more: Partial<IncidentRow> = {}): IncidentRow => ({
  ...{ id, revision: 1, title: { vi: id, en: id }, level: 'high', origin: 'real', status: 'new', alerts: 1 },
  ...{ units: [{ code: '19849', name: 'Xã Phong Thu', district: 'Phong Điền' }], openedAt: 0, lastSeen: 0 },
  ...{ assignee: null, reason: 'by_hand', deadline: null },
  ...more
})
// Two communes of two districts.
const inScope = (code: string, scope: string) =>
  code === scope || (code === '19849' && scope === '476') || (code === '20182' && scope === '483')
const at = (code: string) => ({ units: [{ code, name: code, district: '' }] })

it.each<[string, IncidentFilter['unit'], Partial<IncidentRow>, boolean]>([
  ['everything without a unit', '', at('20182'), true],
  ['the unit itself', '20182', at('20182'), true],
  ['a commune of the district', '483', at('20182'), true],
  ['no other district', '483', at('19849'), false],
  ['one of several units', '483', { units: [...at('19849').units, ...at('20182').units] }, true],
  ['none without units', '483', { units: [] }, false]
])('a list narrowed to a unit takes %s', (_what, unit, incident, wanted) => {
  expect(fits(row('VL-1', incident), { unit, status: 'open' }, inScope)).toBe(wanted)
})

it('each tab takes its state, open everything that is not closed', () => {
  const states = ['new', 'in_progress', 'waiting', 'review', 'closed'] as const
  const taken = incidentTabs.map((status) =>
    states.filter((state) => fits(row('VL-1', { status: state }), { unit: '', status }, inScope))
  )
  expect(taken).toEqual([states.slice(0, 4), ...states.map((state) => [state]), [...states]])
})

const list = [row('VL-1'), row('VL-2')]
it.each([
  ['a new row that fits comes first', row('VL-3'), true, ['VL-3', 'VL-1', 'VL-2'], 1],
  ['a new row that does not fit stays out', row('VL-3'), false, ['VL-1', 'VL-2'], 0],
  ['a row that no longer fits leaves', row('VL-1', { revision: 2 }), false, ['VL-2'], -1],
  ['a row that still fits keeps its place', row('VL-2', { revision: 2 }), true, ['VL-1', 'VL-2'], 0],
  ['an older push changes nothing', row('VL-1', { revision: 0 }), false, ['VL-1', 'VL-2'], 0]
])('%s', (_what, incident, fit, ids, more) => {
  const turned = pushed(list, incident, fit)
  expect(turned.rows.map(({ id }) => id)).toEqual(ids)
  expect(turned.more).toBe(more)
})

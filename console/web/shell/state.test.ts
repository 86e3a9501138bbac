import type { UnitMap } from '#core/api/province.ts'
import type { SourceList } from '#core/api/sources.ts'
import { fates } from '#core/ledger.ts'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { keptLanguage } from './choices.ts'
import { language, t } from '../i18n/text.svelte.ts'
import { inVietnamese } from '../i18n/vietnamese.testing.ts'
import { passwordFaults } from '../sign-in/password-rules.ts'
import { tileName } from '../units/states.ts'
import { fits } from '../queue/alert-filter.ts'
import { blindCount, blindSpots } from './blind.ts'
import { Connection, PATIENCE_MS } from '../live/connection.svelte.ts'
import { Details } from '../queue/details.svelte.ts'
import { Keys } from './keys.svelte.ts'
import { equation } from '../sources/ledger.ts'
import { PagedList } from '../live/list.svelte.ts'
import { Place } from './place.svelte.ts'
import { Preferences } from './preferences.svelte.ts'
import { Remote } from '../live/remote.svelte.ts'
import { narrowed, rangeOf } from '../search/range.ts'
import { HEARD_MAX, Sources } from '../sources/sources.svelte.ts'
import { alertRow } from './browser.testing.ts'
import { Units, unitText } from '../units/units.svelte.ts'

afterEach(inVietnamese)

it('an answer that was overtaken by a later request is thrown away', async () => {
  const remote = new Remote<string>(() => 1)
  let first = (_value: string) => {}
  const slow = remote.load(() => new Promise<string>((resolve) => (first = resolve)))
  await remote.load(async () => 'new')
  first('old')
  await slow
  expect(remote.value).toBe('new')
})

it('a failure that lasts keeps the time since when it lasts, and the old value stays', async () => {
  let now = 100
  const remote = new Remote<string>(() => now)
  await remote.load(async () => 'known')
  const fail = () => Promise.reject(new Error('x'))
  now = 200
  await remote.load(fail)
  now = 300
  await remote.load(fail)
  expect([remote.value, remote.at, remote.failure?.since]).toEqual(['known', 100, 200])
})

const map: UnitMap = {
  cols: 16,
  rows: 12,
  counts: { communes: 3, districts: 2, departments: 1 },
  units: [
    { code: '476', name: 'Huyện Phong Điền', kind: 'district', district: null },
    { code: '480', name: 'Thị xã Hương Trà', kind: 'district', district: null },
    { code: '19849', name: 'Xã Phong Thu', kind: 'commune', district: '476' },
    { code: '20002', name: 'Xã Hương Phong', kind: 'commune', district: '480' },
    { code: '20080', name: 'Xã Hương Phong', kind: 'commune', district: '476' },
    { code: 'stttt', name: 'Sở Thông tin và Truyền thông', kind: 'department', district: null }
  ].map((unit) => ({
    ...(unit as UnitMap['units'][number]),
    col: null,
    row: null,
    state: 'quiet',
    lastSeen: null,
    sources: 1,
    openAlerts: 0,
    openIncidents: 0,
    feed: 'sending',
    watched: true,
    worst: null,
    overdueTasks: 0,
    below: { incident: 0, watch: 0 }
  }))
}

it('a district includes its communes and nothing else', () => {
  const units = new Units(() => 0)
  units.remote.set(map)
  expect(['476', '19849', '20002', 'stttt'].map((code) => units.inScope(code, '476'))).toEqual([
    true,
    true,
    false,
    false
  ])
  expect(units.inScope('20002', '')).toBe(true)
})

it('a commune that names its district instead of its code stands under it all the same', () => {
  const units = new Units(() => 0)
  const named = { '476': 'Phong Điền', '480': 'Hương Trà' } as Record<string, string>
  units.remote.set({
    ...map,
    units: map.units.map((unit) => ({ ...unit, district: named[unit.district ?? ''] ?? null }))
  })
  expect(units.districts.map((group) => [group.name, group.communes.length])).toEqual([
    ['Huyện Phong Điền', 2],
    ['Thị xã Hương Trà', 1]
  ])
  expect([units.inScope('19849', '476'), units.inScope('20002', '476')]).toEqual([true, false])
  expect(units.nameOf('19849')).toBe('Xã Phong Thu (Phong Điền)')
})

it('units are found without accents, and two of one name are told apart by their district', () => {
  const units = new Units(() => 0)
  units.remote.set(map)
  expect(units.find('so thong tin').map((unit) => unit.code)).toEqual(['stttt'])
  expect(units.find('huong phong').map((unit) => units.nameOf(unit.code))).toEqual([
    'Xã Hương Phong (Phong Điền)',
    'Xã Hương Phong (Hương Trà)'
  ])
  expect(units.find('').map((unit) => unit.code)).toEqual(['476', '19849', '20080', '480', '20002', 'stttt'])
})

it('a unit beside an alert carries its district once, and an unknown one says so', () => {
  expect(unitText({ code: '1', name: 'Xã Phong Thu', district: 'Huyện Phong Điền' })).toBe('Xã Phong Thu (Phong Điền)')
  expect(unitText({ code: '1', name: 'Sở Y tế', district: '' })).toBe('Sở Y tế')
  expect(unitText({ code: '_unassigned', name: '', district: '' })).toBe('Chưa rõ đơn vị')
  expect(tileName('Thị trấn Khe Tre')).toBe('Khe Tre')
})

it('pushes are sorted by tab, unit, severity and words as the server would', () => {
  const filter = { tab: 'new', unit: '', level: '', q: '', rule: '' } as const
  const alert = alertRow('CB-1', { sentence: { vi: 'Đăng nhập sai', en: 'Failed sign-in' } })
  expect(fits(alert, filter, 'me', () => true)).toBe(true)
  expect(fits(alert, filter, 'me', () => false)).toBe(false)
  expect(fits(alert, { ...filter, q: 'dang nhap' }, 'me', () => true)).toBe(true)
  expect(fits(alert, { ...filter, level: 'low' }, 'me', () => true)).toBe(false)
  expect(fits(alert, { ...filter, tab: 'mine' }, 'me', () => true)).toBe(false)
  expect(
    fits(
      { ...alert, status: 'acknowledged', assignee: { id: 'me', name: 'L' } },
      { ...filter, tab: 'mine' },
      'me',
      () => true
    )
  ).toBe(true)
})

it('the ledger adds up exactly when its fates do', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1e9), { minLength: fates.length, maxLength: fates.length }),
      fc.integer({ min: -3, max: 3 }),
      (counts, off) => {
        const byFate = Object.fromEntries(fates.map((fate, index) => [fate, counts[index]]))
        const sum = counts.reduce((total, value) => total + value, 0)
        expect(equation(sum + off, byFate).adds).toBe(off === 0)
      }
    )
  )
})

it('the badge counts blind spots, and a thousand dead letters are one of them', () => {
  const blind = {
    silentSources: 2,
    neverHeard: 0,
    unitsSilent: 0,
    unitsNotConnected: 0,
    modelsWithoutData: 0,
    nothingReceived: false,
    deadLetters: 1000,
    brokenRules: 0,
    storeAway: true,
    storeLosses: 0,
    storageAway: null,
    threadsDown: 1,
    matchesHeld: false,
    ledgerImbalance: false
  }
  expect(blindSpots(blind).map((spot) => spot.kind)).toEqual(['threads', 'store', 'silent', 'dead'])
  expect(blindCount(blind)).toBe(5)
})

it('a fresh console is not green: nothing received, units without a source and unmeasured models are blind spots', () => {
  const seeing = {
    silentSources: 0,
    neverHeard: 0,
    unitsSilent: 0,
    unitsNotConnected: 0,
    modelsWithoutData: 0,
    nothingReceived: false,
    deadLetters: 0,
    brokenRules: 0,
    storeAway: false,
    storeLosses: 0,
    storageAway: null,
    threadsDown: 0,
    matchesHeld: false,
    ledgerImbalance: false
  }
  expect(blindSpots(seeing)).toEqual([])
  const fresh = { ...seeing, unitsNotConnected: 150, modelsWithoutData: 31, nothingReceived: true }
  expect(blindSpots(fresh).map((spot) => spot.kind)).toEqual(['nothing', 'units', 'models'])
  expect(blindCount(fresh)).toBe(3)
  expect(blindCount({ ...seeing, unitsNotConnected: 1 })).toBe(1)
})

it('a blink of the network raises no banner, a real loss says since when', () => {
  let now = 0
  const connection = new Connection(() => now)
  connection.up()
  now = 1000
  connection.down()
  expect(connection.lost(1000 + PATIENCE_MS - 1)).toBe(false)
  expect(connection.lost(1000 + PATIENCE_MS)).toBe(true)
  now = 9000
  connection.down()
  expect([connection.downSince, connection.lastUp]).toEqual([1000, 1000])
  connection.up()
  expect(connection.lost(99_999)).toBe(false)
})

it('the panel opened last answers a key first, and its leaving gives the key back', () => {
  const keys = new Keys()
  const said: string[] = []
  keys.use({ back: () => said.push('list'), next: () => said.push('next') })
  const close = keys.use({ back: () => said.push('panel') })
  keys.run('back')
  keys.run('next')
  close()
  keys.run('back')
  expect(said).toEqual(['panel', 'next', 'list'])
  expect(keys.run('merge')).toBe(false)
})

it('choices are kept and a damaged entry is forgotten, not fatal', async () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  }
  const preferences = new Preferences(storage)
  preferences.setTheme('dark')
  await preferences.setLanguage('en')
  expect([language.current, t('list.retry')]).toEqual(['en', 'Try again'])
  preferences.setScope('476')
  const again = new Preferences(storage)
  expect([again.theme, again.scope, keptLanguage(storage)]).toEqual(['dark', '476', 'en'])
  kept.set('vong-lau', '{"theme":"purple","language":7')
  expect([new Preferences(storage).theme, keptLanguage(storage)]).toEqual(['system', 'vi'])
})

it('who changes their mind while words are on their way gets the language wanted last', async () => {
  const preferences = new Preferences(null)
  await Promise.all([preferences.setLanguage('en'), preferences.setLanguage('vi')])
  expect(language.current).toBe('vi')
})

it('full storage loses the choice, not the page', () => {
  const preferences = new Preferences({
    getItem: () => null,
    setItem: () => {
      throw new Error('quota')
    }
  })
  preferences.setTheme('light')
  expect(preferences.theme).toBe('light')
})

it('the address bar is read, changed and followed', () => {
  const location = { pathname: '/alerts', search: '?tab=mine' }
  const go = (_state: unknown, _title: string, url: string) => {
    const at = url.indexOf('?')
    location.pathname = at === -1 ? url : url.slice(0, at)
    location.search = at === -1 ? '' : url.slice(at)
  }
  const browser = {
    location,
    history: { pushState: go, replaceState: go },
    addEventListener() {},
    removeEventListener() {}
  }
  const place = new Place(browser as unknown as Window)
  expect([place.route, place.query.get('tab')]).toEqual([{ page: 'queue', id: null }, 'mine'])
  place.set({ tab: null, level: 'high' })
  expect(location).toEqual({ pathname: '/alerts', search: '?level=high' })
  place.go('/units/19849')
  expect(place.route).toEqual({ page: 'units', id: '19849' })
})

it('only so many heard senders are remembered, the newest of them', () => {
  const sources = new Sources(() => 0)
  for (let index = 0; index <= HEARD_MAX; index++) sources.hear(`s${index}`, index, undefined)
  sources.hear('s5', 999, 'wrong_token')
  expect(sources.heard.size).toBe(HEARD_MAX)
  expect([sources.heard.has('s0'), sources.heard.get('s5')]).toEqual([false, { at: 999, refusal: 'wrong_token' }])
})

it('a pushed source replaces its row, a new one joins, before the list is known nothing is made up', () => {
  const sources = new Sources(() => 0)
  const row = (id: string, received: number) => ({ id, received }) as SourceList['sources'][number]
  sources.receive(row('a', 1))
  expect(sources.remote.value).toBeNull()
  sources.remote.set({ sources: [row('a', 1)] } as SourceList)
  sources.receive(row('a', 2))
  sources.receive(row('b', 1))
  expect(sources.remote.value?.sources.map((source) => source.received)).toEqual([2, 1])
})

it('an alert seen before is shown at once while it is renewed', async () => {
  let version = 1
  const details = new Details(
    async (id) => ({ alert: alertRow(id, { revision: version }) }) as never,
    () => 0
  )
  await details.show('CB-1')
  await details.show('CB-2')
  version = 2
  const renewing = details.show('CB-1')
  expect(details.remote.value?.alert).toMatchObject({ id: 'CB-1', revision: 1 })
  await renewing
  expect(details.remote.value?.alert.revision).toBe(2)
  expect(details.receive(alertRow('CB-1', { revision: 1 }))).toBe(false)
  expect(details.receive(alertRow('CB-1', { revision: 3, count: 7 }))).toBe(true)
  expect(details.remote.value?.alert.count).toBe(7)
})

it('a list goes on page by page, each row once, and an old answer does not join a new list', async () => {
  type Row = { id: number }
  const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id }))
  const list = new PagedList<Row>(() => 0)
  // Row 2 moved to the second page while the first was being read.
  await list.start(async (cursor) =>
    cursor === null ? { rows: rows(1, 2), cursor: 'n' } : { rows: rows(2, 3), cursor: null }
  )
  await list.next()
  expect([list.rows, list.more]).toEqual([rows(1, 2, 3), false])
  let late = (_page: { rows: Row[]; cursor: null }) => {}
  const old = list.start(() => new Promise((resolve) => (late = resolve)))
  await list.start(async () => ({ rows: rows(9), cursor: null }))
  late({ rows: rows(1), cursor: null })
  await old
  expect(list.rows).toEqual(rows(9))
})

it('an address says the range of a search, and nonsense means the last day', () => {
  const now = 1_000_000_000
  expect(rangeOf({ range: '1h', from: null, to: null }, now)).toEqual({ name: '1h', from: now - 3_600_000, to: now })
  expect(rangeOf({ range: null, from: '5', to: '9' }, now)).toEqual({ name: 'custom', from: 5, to: 9 })
  expect(rangeOf({ range: null, from: '5', to: null }, now)).toEqual({ name: 'custom', from: 5, to: now })
  expect(rangeOf({ range: 'x', from: '9', to: '5' }, now)).toMatchObject({ name: '24h', from: now - 86_400_000 })
})

it('a value of a log narrows a query as a value, whatever it contains', () => {
  expect(narrowed('', 'user.name', 'a" OR *')).toBe('user.name:"a\\" OR *"')
  expect(narrowed('x OR y', 'host.name', 'h')).toBe('(x OR y) AND host.name:"h"')
  expect(narrowed('host.name:"h"', 'host.name', 'h')).toBe('host.name:"h"')
  expect(narrowed('x or y', 'host.name', 'h', true)).toBe('(x or y) AND NOT host.name:"h"')
})

it('a new password is held against the rules that are shown', () => {
  const input = { next: 'mua xuan 3 con ech', again: 'mua xuan 3 con ech', current: 'x', username: 'lan' }
  expect(passwordFaults(input)).toEqual([])
  expect(passwordFaults({ ...input, next: 'LAN-ngan', again: '' })).toEqual(['short', 'name', 'different'])
  expect(passwordFaults({ ...input, current: input.next })).toEqual(['same'])
})

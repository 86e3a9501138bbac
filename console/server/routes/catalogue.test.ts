import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalogue, CatalogueEdit } from '#core/api/catalogue.ts'
import { manualClock } from '#core/clock.ts'
import { openControl } from '#control/database/control.ts'
import { createCatalogue } from '#control/catalogue/catalogue.ts'
import { testConsole } from '#testing/console.ts'

const by = { user: 'admin', reason: 'theo công văn của chủ quản' }
const words = { vi: 'Biên bản phối hợp', en: 'Agreed in writing' }

function bench() {
  const control = openControl(':memory:')
  const open = (warn?: (message: string) => void) =>
    createCatalogue({ control, clock: manualClock(0), date: '2023-11-30', ...(warn === undefined ? {} : { warn }) })
  return { control, open, catalogue: open() }
}

describe('the catalogue', () => {
  it('takes a system and what stands on it, at once for everybody who holds the inventory, and after a restart', () => {
    const { catalogue, open } = bench()
    const held = catalogue.inventory
    let heard = 0
    catalogue.onChanged(() => heard++)
    catalogue.change({ kind: 'system', id: 'cong-xa', set: { name: 'Cổng thông tin xã', owner: '19849' } }, by)
    catalogue.change(
      {
        kind: 'dependency',
        key: { from: 'M28', to: 'cong-xa', scope: 'bản tin xã' },
        set: { kind: 'soft', reason: words }
      },
      by
    )
    expect(held.system('cong-xa')?.owner).toBe('19849')
    expect(held.modelsHitBy('cong-xa')).toMatchObject([{ model: 28, hard: false }])
    expect(heard).toBe(2)
    expect(open().inventory.system('cong-xa')?.name).toBe('Cổng thông tin xã')
  })

  it.each<[string, CatalogueEdit, string]>([
    [
      'an unknown end',
      { kind: 'dependency', key: { from: 'M22', to: 'no-such', scope: '' }, set: { kind: 'hard', reason: words } },
      'no-such'
    ],
    [
      'an edge to itself',
      { kind: 'dependency', key: { from: 'hue-s', to: 'hue-s', scope: '' }, set: { kind: 'soft', reason: words } },
      'itself'
    ],
    [
      'a circle of hard edges',
      { kind: 'dependency', key: { from: 'ndxp', to: 'lgsp', scope: '' }, set: { kind: 'hard', reason: words } },
      'circle'
    ],
    ['an owner that is no unit', { kind: 'system', id: 'hue-s', set: { owner: '00000' } }, '00000'],
    [
      'a k-of-n edge without its group',
      { kind: 'dependency', key: { from: 'M22', to: 'led', scope: '' }, set: { kind: 'kOfN', need: 1, reason: words } },
      'group'
    ],
    ['retiring a system that models stand on', { kind: 'retire', id: 'hue-s' }, 'hue-s']
  ])('refuses %s, names it, and stays as it was', (_what, edit, named) => {
    const { catalogue } = bench()
    const before = JSON.stringify(catalogue.view())
    expect(() => catalogue.change(edit, by)).toThrow(named)
    expect(JSON.stringify(catalogue.view())).toBe(before)
    expect(catalogue.history()).toEqual([])
  })

  it('takes a change back, unless what came later stands on it', () => {
    const { catalogue } = bench()
    const system = catalogue.change({ kind: 'system', id: 'cong-xa', set: { name: 'Cổng xã' } }, by)
    const edge = catalogue.change(
      { kind: 'dependency', key: { from: 'M28', to: 'cong-xa', scope: '' }, set: { kind: 'soft', reason: words } },
      by
    )
    expect(() => catalogue.revert(system.id, by)).toThrow('cong-xa')
    catalogue.revert(edge.id, by)
    catalogue.revert(system.id, by)
    expect(catalogue.inventory.system('cong-xa')).toBeUndefined()
    expect(() => catalogue.revert(system.id, by)).toThrow()
    expect(catalogue.history().map((entry) => entry.revertedBy !== null)).toEqual([true, true, true, true])
  })

  it('keeps nothing of a change whose transaction rolls back', () => {
    const { catalogue, control } = bench()
    expect(() =>
      control.transaction(() => {
        catalogue.change({ kind: 'system', id: 'x', set: { name: 'X' } }, by)
        throw new Error('audit failed')
      })
    ).toThrow('audit failed')
    expect(catalogue.inventory.system('x')).toBeUndefined()
  })

  it('starts without a stored change that fits no more, and says which', () => {
    const { control, open } = bench()
    control
      .sql(
        `INSERT INTO catalogue_changes (at, user, kind, target, change, reason) VALUES (0, 'a', 'retire', 'hue-s', ?, '')`
      )
      .run(JSON.stringify({ kind: 'retire', id: 'hue-s' }))
    const warnings: string[] = []
    const catalogue = open((message) => warnings.push(message))
    expect(catalogue.inventory.system('hue-s')).toBeDefined()
    expect(warnings.join()).toContain('hue-s')
  })

  it('drops what a demonstration added when it ends', () => {
    const { catalogue } = bench()
    catalogue.change({ kind: 'system', id: 'cong-xa', set: { name: 'Cổng' } }, { ...by, origin: 'demonstration' })
    catalogue.change({ kind: 'system', id: 'that', set: { name: 'Thật' } }, by)
    catalogue.forget('demonstration')
    expect(catalogue.inventory.system('cong-xa')).toBeUndefined()
    expect(catalogue.inventory.system('that')).toBeDefined()
  })

  it('is either changed or refused whole, whatever is asked', () => {
    const { catalogue } = bench()
    const node = fc.constantFrom('hue-s', 'ndxp', 'lgsp', 'sso', 'vneid', 'M22', 'M1', 'M999', 'nowhere')
    const edit = fc.record({
      kind: fc.constant('dependency' as const),
      key: fc.record({ from: node, to: node, scope: fc.constantFrom('', 'một phần') }),
      set: fc.record({
        kind: fc.constantFrom('hard' as const, 'soft' as const, 'anyOf' as const),
        reason: fc.constant(words)
      })
    })
    fc.assert(
      fc.property(edit, (asked) => {
        const before = catalogue.inventory.dependencies.length
        try {
          catalogue.change(asked, by)
        } catch {
          expect(catalogue.inventory.dependencies.length).toBe(before)
        }
        // A graph that stands can always be walked.
        expect(catalogue.inventory.modelsHitBy('ndxp').length).toBeGreaterThan(0)
      }),
      { numRuns: 40 }
    )
  })
})

it('only administrators change the catalogue, with a reason, and it is audited', async () => {
  const console = testConsole()
  const body = { edit: { kind: 'system', id: 'hue-s', set: { owner: 'H57.stttt' } }, reason: 'đổi chủ quản' }
  const withHosts = { ...body, edit: { ...body.edit, set: { hosts: ['192.0.2.44', 'hue-s.example'] } } }
  const ask = (role: 'admin' | 'analyst' | 'leader', payload: object = body) =>
    console.app.inject({
      method: 'POST',
      url: '/api/catalogue/changes',
      payload,
      headers: console.person(role).headers
    })
  expect((await ask('analyst')).statusCode).toBe(403)
  expect((await ask('admin', { edit: body.edit })).statusCode).toBe(400)
  expect((await ask('admin', { ...body, edit: { kind: 'model', id: 22, set: { name: 'Tên khác' } } })).statusCode).toBe(
    400
  )
  expect(console.parts.inventory.model(22)?.name).toContain('Phát triển du lịch')
  expect((await ask('admin')).statusCode).toBe(200)
  expect(console.parts.inventory.system('hue-s')?.owner).toBe('H57.stttt')
  const { headers } = console.person('admin')
  const audit = await console.app.inject({ url: '/api/audit', headers })
  expect(audit.body).toContain('catalogue.changed')
  const read = await console.app.inject({ url: '/api/catalogue', headers: console.person('leader').headers })
  expect(read.statusCode).toBe(200)
  expect((await ask('admin', withHosts)).statusCode).toBe(200)
  const hosts = async (role: 'admin' | 'leader') => {
    const { body } = await console.app.inject({ url: '/api/catalogue', headers: console.person(role).headers })
    return (JSON.parse(body) as Catalogue).systems.find((system) => system.id === 'hue-s')?.hosts
  }
  expect(await hosts('admin')).toEqual(['192.0.2.44', 'hue-s.example'])
  // Names inside networks are for those who edit them.
  expect(await hosts('leader')).toEqual([])
  await console.close()
})

import { describe, expect, it } from 'vitest'
import { SocError } from '#core/errors.ts'
import { checkBaseline } from './baseline.ts'
import { readProvinceData, type ProvinceData } from './data.ts'
import { buildInventory, loadInventory, unitByDomain } from './load.ts'

const inventory = loadInventory('2023-11-30')
const later = loadInventory('2025-07-01')
const facts = readProvinceData()

/** The message of the boot error after `change` was made to the data. */
function refusal(change: (data: ProvinceData) => void): string {
  const data = structuredClone(facts)
  change(data)
  try {
    buildInventory(data, '2023-11-30')
  } catch (error) {
    if (error instanceof SocError) return error.message
    throw error
  }
  return 'accepted'
}
const first = <T>(list: T[]): T => list[0] as T

describe('units', () => {
  it('knows nine districts and 141 communes in November 2023, each with a tile and a successor', () => {
    expect(inventory.units('district')).toHaveLength(9)
    expect(inventory.units('commune')).toHaveLength(141)
    for (const commune of inventory.units('commune')) {
      expect(commune.tile).toBeDefined()
      expect(later.unit(commune.successors[0]?.code ?? '')?.kind).toBe('commune')
    }
  })

  it('shows the district beside a short name that two communes share', () => {
    expect(inventory.label('20002')).toEqual({ code: '20002', name: 'Xã Hương Phong', district: 'Huế' })
    expect(inventory.label('20080').district).toBe('A Lưới')
  })

  it('gives a unit that nobody knows its own code as a name, and has no unit for the unassigned', () => {
    expect(inventory.label('99999')).toEqual({ code: '99999', name: '99999', district: '' })
    expect(inventory.label('_unassigned')).toEqual({ code: '_unassigned', name: 'Chưa rõ đơn vị', district: '' })
    expect(inventory.unit('_unassigned')).toBeUndefined()
    expect([...inventory.subtree('_unassigned')]).toEqual(['_unassigned'])
  })

  it('gives a district with its communes, and the province with its departments but not its partners', () => {
    expect(inventory.subtree('476').size).toBe(17)
    const province = inventory.subtree('46')
    expect(province.has('H57.hueioc')).toBe(true)
    expect(province.has('H57.c06')).toBe(false)
    expect([...province].filter((code) => inventory.unit(code)?.kind === 'commune')).toHaveLength(141)
  })

  it('has 40 communes without a district level from July 2025, and still names what ended', () => {
    expect(later.units('district')).toHaveLength(0)
    expect(later.units('commune')).toHaveLength(40)
    expect(later.unit('19750')?.name).toBe('Phường Tây Lộc')
    expect(later.unit('19753')?.name).toBe('Phường Phú Xuân')
    expect(later.label('19750').district).toBe('Huế')
  })

  it('lets the rights on a merged commune reach the history of those it was made of', () => {
    expect([...later.subtree('19753')].sort()).toEqual(['19750', '19753', '19756', '19759', '19762', '19768'])
  })

  it('refuses a day that the data does not describe', () => {
    expect(() => loadInventory('2025-03-01')).toThrow(/does not describe 2025-03-01/)
    expect(() => loadInventory('2019-01-01')).toThrow(/2021-07-01 to 2024-12-31/)
  })

  it('maps only domains that were seen in use', () => {
    expect(unitByDomain(inventory)).toMatchObject({ 'ioc.thuathienhue.gov.vn': 'H57.hueioc' })
    for (const code of Object.values(unitByDomain(inventory))) expect(inventory.unit(code)?.kind).toBe('department')
  })
})

describe('models and systems', () => {
  it('holds 46 models: 38 described by stage, 8 not', () => {
    const stages = Object.groupBy(inventory.models, (model) => model.stage)
    expect(Object.fromEntries(Object.entries(stages).map(([stage, list]) => [stage, list?.length]))).toEqual({
      live: 27,
      pilot: 3,
      pre: 6,
      act: 2,
      undescribed: 8
    })
    expect(stages.undescribed?.map((model) => model.id)).toEqual([12, 15, 19, 21, 41, 42, 43, 46])
    expect(inventory.model(12)?.name).toBe('Mô hình 12 (chưa có mô tả)')
  })

  it('takes down four models with Hue-S and degrades six', () => {
    const hit = inventory.modelsHitBy('hue-s')
    expect(hit.filter((one) => one.hard).map((one) => one.model)).toEqual([22, 23, 27, 44])
    expect(hit.filter((one) => !one.hard).map((one) => one.model)).toEqual([2, 18, 24, 25, 28, 32])
    expect(hit.find((one) => one.model === 24)?.via).toEqual(['vi-hue-s'])
  })

  it('never lets a declared or a monitoring edge carry an outage', () => {
    const hit = inventory.modelsHitBy('vneid').map((one) => one.model)
    expect(hit).toEqual([1, 5, 30, 31, 33])
    expect(inventory.modelsHitBy('soc').map((one) => one.model)).toEqual([45])
    expect(inventory.modelsHitBy('asm').map((one) => one.model)).toEqual([1, 9, 10, 11])
  })

  it('knows the owner of a system and the systems of an owner', () => {
    expect(inventory.system('hue-s')?.owner).toBe('H57.hueioc')
    expect(inventory.systemsOwnedBy('H57.stnmt').map((system) => system.id)).toEqual(['vbdlis', 'csdl-dat-dai'])
  })

  it('recomputes the printed figures from their parts', () => {
    const checks = inventory.models.flatMap((model) =>
      model.baselines.flatMap((baseline) => {
        const check = checkBaseline(baseline)
        return check === undefined ? [] : [[model.id, baseline.printed, check.recomputed, check.agrees]]
      })
    )
    expect(checks).toContainEqual([6, '84,12%', '84,12%', true])
    expect(checks).toContainEqual([39, '79%', '79,43%', true])
    expect(checks).toContainEqual([1, '25.047', '25.047', true])
    expect(checks.every(([, , , agrees]) => agrees)).toBe(true)
    expect(
      checkBaseline({
        label: { vi: '', en: '' },
        printed: '80%',
        check: { kind: 'ratio', parts: [48_247, 60_738], printedValue: 80 }
      })
    ).toEqual({ recomputed: '79,43%', agrees: false })
  })
})

describe('a wrong inventory stops the start and names the entry', () => {
  it('for a code that appears twice', () => {
    expect(refusal((data) => data['units.json'].communes.push(first(data['units.json'].communes)))).toMatch(
      /units.json: 19750: the code appears twice/
    )
  })
  it('for a commune in an unknown district', () => {
    expect(refusal((data) => (first(data['units.json'].communes).district = '999'))).toMatch(/19750: district 999/)
  })
  it('for two communes on one tile', () => {
    expect(
      refusal((data) => {
        const [one, two] = data['tiles.json'].tiles
        if (one && two) Object.assign(two, { col: one.col, row: one.row })
      })
    ).toMatch(/the same place/)
  })
  it('for a commune without a successor, or with one that nobody knows', () => {
    expect(refusal((data) => void data['units-2025.json'].successors.shift())).toMatch(/19750: no successor/)
    expect(refusal((data) => (first(data['units-2025.json'].successors).new = '1'))).toMatch(/successor 1 is unknown/)
  })
  it('for departments that are above each other', () => {
    expect(
      refusal((data) => {
        for (const department of data['departments.json'].departments) {
          if (department.id === 'stttt') department.parent = 'hueioc'
        }
      })
    ).toMatch(/circle/)
  })
  it('for an unknown owner, model system or dependency', () => {
    expect(refusal((data) => (first(data['systems.json'].systems).owner = 'H57.nobody'))).toMatch(/hue-s: owner/)
    expect(refusal((data) => first(data['models.json'].models).systems.push('nothing'))).toMatch(
      /model 1: system nothing/
    )
    expect(refusal((data) => (first(data['dependencies.json'].dependencies).to = 'nothing'))).toMatch(
      /nothing is unknown/
    )
  })
  it('for a circle among hard dependencies, naming the way round', () => {
    expect(
      refusal((data) =>
        data['dependencies.json'].dependencies.push({
          from: 'vdxp',
          to: 'sso',
          kind: 'hard',
          scope: '',
          inferred: true,
          reason: { vi: 'thử', en: 'test' }
        })
      )
    ).toMatch(/sso → vdxp → sso: a circle of hard edges/)
  })
  it('for a group that can never hold', () => {
    expect(
      refusal((data) => {
        for (const edge of data['dependencies.json'].dependencies) if (edge.kind === 'kOfN') edge.need = 14
      })
    ).toMatch(/fewer members/)
  })
})

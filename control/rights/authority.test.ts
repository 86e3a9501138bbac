import fc from 'fast-check'
import { expect, it } from 'vitest'
import { authorityOf } from '#control/accounts/grants.ts'
import { roles } from '#core/roles.ts'
import type { Inventory } from '#province/inventory.ts'
import { covers, giverOf } from './authority.ts'
import { manages } from './scope.ts'

/*
 * The oracle knows nothing of scopes: it writes down every single thing an account could do, one line a unit and a
 * power, by walking up the tree, and compares the lists.
 */

const RUNS = 12_000

type Grant = { role: (typeof roles)[number] | null; units: number[]; state: 'running' | 'coming' | 'over' | 'revoked' }
type Account = { role: (typeof roles)[number]; units: number[]; mayUnmask: boolean; grants: Grant[] }

const unitsOf = (size: number) => fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 })
const account = (size: number): fc.Arbitrary<Account> =>
  fc.record({
    role: fc.constantFrom(...roles),
    units: unitsOf(size),
    mayUnmask: fc.boolean(),
    grants: fc.array(
      fc.record({
        role: fc.option(fc.constantFrom(...roles)),
        units: unitsOf(size),
        state: fc.constantFrom('running' as const, 'coming' as const, 'over' as const, 'revoked' as const)
      }),
      { maxLength: 3 }
    )
  })
/** Parent of each unit; a unit's parent comes before it, -1 stands for the top. */
const world = fc.integer({ min: 2, max: 12 }).chain((size) =>
  fc.record({
    parents: fc.tuple(...Array.from({ length: size }, (_, at) => fc.integer({ min: -1, max: at - 1 }))),
    actor: account(size),
    target: account(size)
  })
)

const code = (unit: number) => `u${unit}`

/** Only what the rights look at: which units there are, and what lies below one. */
function inventoryOf(parents: readonly number[]): Inventory {
  const below = (top: number): number[] => [
    top,
    ...parents.flatMap((parent, unit) => (parent === top ? below(unit) : []))
  ]
  return {
    unit: (asked: string) => (parents[Number(asked.slice(1))] === undefined ? undefined : { code: asked }),
    subtree: (asked: string) => new Set(below(Number(asked.slice(1))).map(code))
  } as unknown as Inventory
}

/** Every unit in which this role with these units acts, `all` with them for the whole province. */
function places(role: string, units: readonly number[], parents: readonly number[]): string[] {
  if (units.length === 0) return role === 'owner' ? [] : ['all', ...parents.map((_, unit) => String(unit))]
  return parents.flatMap((_, unit) => {
    for (let up = unit; up >= 0; up = parents[up]!) if (units.includes(up)) return [String(unit)]
    return []
  })
}
const rightsIn = (one: Account, states: readonly string[]) => [
  { role: one.role, units: one.units },
  ...one.grants
    .filter(({ state }) => states.includes(state))
    .map(({ role, units }) => ({ role: role ?? one.role, units: units.length > 0 ? units : one.units }))
]

function oracle({ parents, actor, target }: { parents: number[]; actor: Account; target: Account }, taking: boolean) {
  const manages = new Set<string>()
  const sees = new Set<string>()
  for (const { role, units } of rightsIn(actor, ['running'])) {
    if (role === 'admin') for (const place of places(role, units, parents)) manages.add(place)
    if (actor.mayUnmask && ['admin', 'analyst', 'owner'].includes(role))
      for (const place of places(role, units, parents)) sees.add(place)
  }
  return rightsIn(target, ['running', 'coming']).every(({ role, units }) =>
    places(role, units, parents).every(
      (place) => manages.has(place) && (taking || !target.mayUnmask || sees.has(place))
    )
  )
}

it(`judges the whole of an account as a plain list of powers does, in ${RUNS} random worlds`, () => {
  let yes = 0
  fc.assert(
    fc.property(world, fc.boolean(), (made, taking) => {
      const inventory = inventoryOf(made.parents)
      const named = (one: Account, states: readonly string[]) =>
        authorityOf(
          { ...one, units: one.units.map(code) },
          one.grants
            .filter(({ state }) => states.includes(state))
            .map((grant) => ({ ...grant, units: grant.units.map(code) }))
        )
      const unmasks = (role: string) => made.actor.mayUnmask && role !== 'leader' && role !== 'auditor'
      const actor = named(made.actor, ['running']).map((one) => ({ ...one, mayUnmask: unmasks(one.role) }))
      const target = named(made.target, ['running', 'coming', 'over', 'revoked'])
      const said = covers(giverOf(actor, inventory), target, inventory, taking)
      const right = oracle(made, taking)
      // An account that holds no unit at all belongs to the province; that is decided beside the authority.
      if (right) yes += 1
      expect(said).toBe(right)
      if (said && made.target.units.length > 0)
        expect(manages(giverOf(actor, inventory).scope, { units: made.target.units.map(code) })).toBe(true)
    }),
    { seed: 909, numRuns: RUNS }
  )
  expect(yes).toBeGreaterThan(RUNS / 50)
})

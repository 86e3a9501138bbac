import { DAY_MS } from '#core/time.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roles, type Role } from '#core/roles.ts'
import { rightsOf, createGrants } from '#control/accounts/grants.ts'
import { userAccessApi } from '#core/api/user-access.ts'
import { permissions } from '#core/permissions.ts'
import { may } from '#control/rights/permissions.ts'
import { standingFor } from '#control/rights/standing.ts'
import { inScope, scopeOf } from '#control/rights/scope.ts'
import { FOREIGN, OWN, START, testConsole } from '#testing/console.ts'

const soc = testConsole()
const { app, parts } = soc
const { own, foreign } = soc.world.ids
beforeAll(async () => void (await app.ready()))
afterAll(() => soc.close())

const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers })
const grant = async (headers: Record<string, string>, id: string, more: object) =>
  app.inject({
    method: 'POST',
    url: `/api/users/${id}/grants`,
    headers,
    payload: { role: null, units: [], from: 0, to: parts.clock.now() + DAY_MS, reason: 'trực thay', ...more }
  })

describe('rights for a time', () => {
  it('open units at once and close them to the millisecond', async () => {
    const admin = soc.person('admin')
    const person = soc.person('owner', [OWN])
    expect((await get(`/api/alerts/${foreign}`, person.headers)).statusCode).toBe(404)
    expect((await grant(admin.headers, person.id, { units: [FOREIGN] })).statusCode).toBe(200)
    expect((await get(`/api/alerts/${foreign}`, person.headers)).statusCode).toBe(200)
    parts.clock.advance(7 * 3_600_000)
    const later = await get(`/api/alerts/${foreign}`, person.headers)
    expect(later.statusCode).toBe(200)
    for (let hours = 0; hours < 16; hours += 4) {
      parts.clock.advance(4 * 3_600_000)
      await get('/api/session', person.headers)
    }
    parts.clock.advance(3_600_000 - 1)
    expect((await get(`/api/alerts/${foreign}`, person.headers)).statusCode).toBe(200)
    parts.clock.advance(1)
    // The session ends with the day too; a new one shows what is left.
    expect((await get(`/api/alerts/${foreign}`, person.headers)).statusCode).not.toBe(200)
  })

  it('that are taken back allow nothing from the next request on', async () => {
    const admin = soc.person('admin')
    const person = soc.person('leader')
    const given = (await grant(admin.headers, person.id, { role: 'analyst', units: [OWN] })).json()
    expect((await get(`/api/alerts/${own}`, person.headers)).statusCode).toBe(200)
    expect((await get(`/api/alerts/${foreign}`, person.headers)).statusCode).toBe(404)
    const back = await app.inject({
      method: 'DELETE',
      url: `/api/users/${person.id}/grants/${given.id}`,
      headers: admin.headers
    })
    expect(back.statusCode).toBe(204)
    expect((await get(`/api/alerts/${own}`, person.headers)).json().code).toBe('access.denied')
  })

  it('never carry a role beyond the units it was given for', async () => {
    const admin = soc.person('admin')
    const person = soc.person('auditor')
    await grant(admin.headers, person.id, { role: 'analyst', units: [OWN] })
    const act = (id: string) =>
      app.inject({
        method: 'POST',
        url: '/api/alerts/acts',
        headers: person.headers,
        payload: { ids: [id], act: { kind: 'acknowledge' } }
      })
    expect((await get(`/api/alerts/${foreign}`, person.headers)).statusCode).toBe(200)
    expect((await act(own)).statusCode).toBe(200)
    expect((await act(foreign)).statusCode).toBe(404)
  })

  it('are refused when they have no end, give nothing, are one’s own, or go beyond the giver’s units', async () => {
    const admin = soc.person('admin')
    const bound = soc.person('admin', [OWN])
    const person = soc.person('owner', [OWN])
    const now = parts.clock.now()
    const cases: [Record<string, string>, string, object, string][] = [
      [admin.headers, person.id, { units: [FOREIGN], to: now }, 'grant.range'],
      [admin.headers, person.id, { units: [FOREIGN], to: now + 400 * DAY_MS }, 'grant.range'],
      [admin.headers, person.id, {}, 'grant.empty'],
      [admin.headers, soc.person('owner').id, { role: 'analyst' }, 'grant.units_required'],
      [admin.headers, admin.id, { role: 'analyst' }, 'user.self'],
      [bound.headers, person.id, { units: [FOREIGN] }, 'unit.unknown'],
      [bound.headers, soc.person('owner', [FOREIGN]).id, { units: [OWN] }, 'user.not_found']
    ]
    for (const [headers, id, more, code] of cases) expect((await grant(headers, id, more)).json().code).toBe(code)
  })
})

describe('whatever is granted, expired and revoked', () => {
  const role = fc.constantFrom(...roles)
  const units = fc.uniqueArray(fc.constantFrom(OWN, FOREIGN, '19753'), { maxLength: 2 })
  const plan = fc.record({
    role: fc.option(role, { nil: null }),
    units,
    from: fc.integer({ min: 0, max: 100 }),
    length: fc.integer({ min: 1, max: 100 }),
    revokedAt: fc.option(fc.integer({ min: 0, max: 200 }), { nil: null })
  })
  const entries = [...permissions, 'signed_in', undefined] as const

  it('rights are exactly those of the base and of the grants that run, unit by unit', () => {
    fc.assert(
      fc.property(
        role,
        units,
        fc.array(plan, { maxLength: 5 }),
        fc.integer({ min: 0, max: 200 }),
        (base, own, plans, at) => {
          const person = soc.person(base, own)
          const running: { role: Role; units: readonly string[] }[] = [{ role: base, units: own }]
          for (const [index, one] of plans.entries()) {
            parts.control
              .sql(
                `INSERT INTO grants (id, user_id, role, units, from_at, to_at, reason, created_at, created_by, revoked_at)
               VALUES (?, ?, ?, ?, ?, ?, 'x', 0, 'x', ?)`
              )
              .run(
                `${person.id}-${index}`,
                person.id,
                one.role,
                JSON.stringify(one.units),
                START + one.from,
                START + one.from + one.length,
                // The database only knows revocations that have happened.
                one.revokedAt !== null && one.revokedAt <= at ? START + one.revokedAt : null
              )
            const over = one.revokedAt !== null && one.revokedAt <= at
            const effective = one.units.length > 0 ? one.units : own
            if (at >= one.from && at < one.from + one.length && !over && (effective.length > 0 || base !== 'owner'))
              running.push({ role: one.role ?? base, units: effective })
          }
          const rights = rightsOf(
            parts.control,
            { id: person.id, role: base, units: own, mayUnmask: false },
            START + at
          )
          for (const needed of entries) {
            const standing = standingFor(rights.assignments, needed, parts.inventory)
            for (const unit of [OWN, FOREIGN, '19753']) {
              const expected = running.some(
                (one) => may({ ...one, mayUnmask: false }, needed) && inScope(scopeOf(one, parts.inventory), unit)
              )
              expect(standing !== undefined && inScope(standing.scope, unit)).toBe(expected)
              // The view is that of a role which holds in every unit that is shown.
              if (standing !== undefined && expected) {
                const strength = ['leader', 'owner', 'auditor', 'analyst', 'admin']
                const here = running.filter(
                  (one) => inScope(scopeOf(one, parts.inventory), unit) && may({ ...one, mayUnmask: false }, needed)
                )
                expect(Math.max(...here.map((one) => strength.indexOf(one.role)))).toBeGreaterThanOrEqual(
                  strength.indexOf(standing.role)
                )
              }
            }
          }
          expect(rights.until).toBeGreaterThan(START + at)
        }
      ),
      { numRuns: 60 }
    )
  })

  it('an account has at most twenty open grants', () => {
    const person = soc.person('analyst')
    const grants = createGrants(parts.control, parts.clock)
    const add = () =>
      grants.add(
        { id: person.id, role: 'analyst', units: [] },
        { role: null, units: [OWN], from: 0, to: parts.clock.now() + DAY_MS, reason: 'x' },
        'x'
      )
    for (let given = 0; given < 20; given++) add()
    expect(add).toThrow('too many')
    expect(userAccessApi['POST /api/users/:id/grants'].who).toBe('users.manage')
  })
})

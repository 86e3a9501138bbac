import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SocError } from '#core/errors.ts'
import { checkGiven } from './giving.ts'
import type { SenderRecord } from './senders.ts'

/*
 * The oracle has no networks: it writes addresses as strings of bits. Two networks overlap when one string begins with the
 * other; a unit is somebody's when it is in the list.
 */

const RUNS = 12_000
const units = ['a', 'b', 'c', 'd']
/** Few addresses, so that networks meet: the bits that vary lie around /16. */
const network = fc.record({
  bits: fc
    .array(fc.boolean(), { minLength: 32, maxLength: 32 })
    .map((all) => all.map((one, at) => (at > 12 && at < 20 ? one : at === 4))),
  prefix: fc.integer({ min: 8, max: 32 }),
  six: fc.boolean()
})
type Net = { bits: boolean[]; prefix: number; six: boolean }
const text = ({ bits, prefix, six }: Net) => {
  const bytes = [0, 8, 16, 24].map((at) => bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + Number(bit), 0))
  // The same bits as the third and fourth group of an IPv6 address: /n there is /(32 + n).
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  return six ? `2001:db8:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}::/${32 + prefix}` : `${bytes.join('.')}/${prefix}`
}
const begins = ({ bits, prefix, six }: Net) => `${six ? 6 : 4}${bits.slice(0, prefix).map(Number).join('')}`
const speaks = fc.oneof(fc.constant('self' as const), fc.constant('any' as const), fc.subarray(units, { minLength: 1 }))
const source = fc.record({
  unit: fc.constantFrom(...units),
  speaksFor: speaks,
  nets: fc.array(network, { maxLength: 2 })
})
type Source = { unit: string; speaksFor: 'self' | 'any' | string[]; nets: Net[] }

function oracle(scope: string[] | undefined, draft: Source, others: Source[]): boolean {
  if (scope === undefined) return true
  const all = ({ unit, speaksFor }: Source) => [
    unit,
    ...(speaksFor === 'any' ? ['everything'] : speaksFor === 'self' ? [] : speaksFor)
  ]
  const mine = (one: Source) => all(one).every((unit) => scope.includes(unit))
  if (!mine(draft)) return false
  return draft.nets.every(
    (net) =>
      net.prefix >= 16 &&
      others
        .filter((other) => !mine(other))
        .flatMap((other) => other.nets)
        .every((theirs) => !begins(net).startsWith(begins(theirs)) && !begins(theirs).startsWith(begins(net)))
  )
}

it(`gives a source what a plain comparison allows, in ${RUNS} random worlds`, () => {
  let yes = 0
  let no = 0
  fc.assert(
    fc.property(
      fc.option(fc.subarray(units), { nil: undefined }),
      source,
      fc.array(source, { maxLength: 4 }),
      (scope, draft, others) => {
        const senders = others.map((one) => ({ ...one, networks: one.nets.map(text) }) as unknown as SenderRecord)
        const { unit, speaksFor, nets } = draft
        const right = oracle(scope, draft, others)
        if (scope !== undefined && right) yes += 1
        if (!right) no += 1
        const act = () => checkGiven(scope && new Set(scope), { unit, speaksFor, networks: nets.map(text) }, senders)
        if (right) expect(act).not.toThrow()
        else expect(act).toThrow(SocError)
      }
    ),
    { seed: 909, numRuns: RUNS }
  )
  expect(Math.min(yes, no)).toBeGreaterThan(RUNS / 50)
})

it('never says whose a network is', () => {
  const theirs = {
    name: 'Tường lửa của bên kia',
    unit: 'b',
    speaksFor: 'self',
    networks: ['192.0.2.0/24']
  } as SenderRecord
  for (const written of ['192.0.2.0/24', '192.0.2.5', '192.0.0.0/16']) {
    try {
      checkGiven(new Set(['a']), { unit: 'a', networks: [written] }, [theirs])
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'network.not_yours' })
      expect(JSON.stringify([(error as SocError).params, String(error)])).not.toMatch(/Tường|bên kia/)
    }
  }
})

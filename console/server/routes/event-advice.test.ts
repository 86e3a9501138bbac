import { expect, it } from 'vitest'
import type { SearchAnswer } from '#core/event-search.ts'
import { adviceOn, askedOf } from './event-advice.ts'
import { fieldsIn, nearestNames } from './nearest-names.ts'

it('the names nearest to a misspelt field are those of the events', () => {
  const known = fieldsIn([{ vendor: { fgt: { srcintf: 'x' } }, 'tls.client': [{ ja3: 'y' }] }])
  expect(nearestNames('host.nmae', known)[0]).toBe('host.name')
  expect(nearestNames('vendor.fgt.srcinft', known)[0]).toBe('vendor.fgt.srcintf')
  expect(nearestNames('tls.client.ja4', known)[0]).toBe('tls.client.ja3')
  expect(nearestNames('srcintf', known)).toEqual(['vendor.fgt.srcintf'])
  expect(nearestNames('nothing.like.it.at.all', known)).toEqual([])
})

it('a query tells its fields and its words', () => {
  expect(askedOf('FGT60F host.nmae:x (a.b:>5 OR NOT c.d:*)')).toEqual({
    fields: ['host.nmae', 'a.b', 'c.d'],
    words: 'FGT60F'
  })
  expect(askedOf('message:"x y" and n:[1 TO 5] -e.f:(a OR b)')).toEqual({ fields: ['message', 'n', 'e.f'], words: '' })
  expect(askedOf('http://192.0.2.1/a C:\\Temp').fields).toEqual([])
})

it('a field is said to be unseen only by a search that went through', async () => {
  const answer = (partial: boolean): SearchAnswer => ({ hits: [], partial, tookMs: 1 })
  const unseen = async (partial: boolean) => (await adviceOn('host.nmae:x', async () => answer(partial))).unseen
  expect(await unseen(true)).toEqual([])
  expect(await unseen(false)).toEqual([
    { field: 'host.nmae', nearest: expect.arrayContaining(['host.name']) as string[] }
  ])
})

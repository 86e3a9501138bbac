import { expect, it } from 'vitest'
import { kill } from '../bench/kill.ts'

it('kill -9 under load loses nothing that was acknowledged, doubles nothing and counts no match twice', async () => {
  const figures = await kill.run(['--kills', '4'], () => undefined)
  const byName = Object.fromEntries(figures.map((figure) => [figure.name, figure.value]))
  expect(byName['acknowledged']).toBeGreaterThan(500)
  expect(figures.filter((figure) => figure.reached === false)).toEqual([])
})

import { expect, it } from 'vitest'
import { searchTurns } from './read-pool.ts'

/** Searches that end when told to. */
function searching() {
  const turns = searchTurns()
  const open: { person: string; end(): void }[] = []
  const ask = (person: string) =>
    turns(person, () => new Promise<void>((end) => void open.push({ person, end: () => end() }))).catch(
      (error: { code: string; status: number }) => `${error.code} ${error.status}`
    )
  return { ask, open, running: () => open.map(({ person }) => person) }
}

it('sixty searches of one person hold up nobody else', async () => {
  const { ask, running, open } = searching()
  const many = Array.from({ length: 60 }, () => ask('owner'))
  void ask('administrator')
  expect(running()).toEqual(['owner', 'administrator'])
  expect((await Promise.all(many.slice(9))).every((answer) => answer === 'search.too_many 429')).toBe(true)
  open[0]!.end()
  open[1]!.end()
  await many[0]
  expect(running()).toEqual(['owner', 'administrator', 'owner'])
})

it('people who wait take turns', async () => {
  const { ask, running, open } = searching()
  for (const person of ['a', 'b', 'a', 'a', 'b', 'c']) void ask(person)
  for (let ended = 0; ended < 4; ended++) {
    open[ended]!.end()
    await new Promise(setImmediate)
  }
  expect(running()).toEqual(['a', 'b', 'a', 'b', 'c', 'a'])
})

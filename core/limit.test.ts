import fc from 'fast-check'
import { expect, it } from 'vitest'
import { limit } from './limit.ts'

const busy = () => new Error('busy')

it('as many run as there are places, the others wait in turn, and those beyond are refused', async () => {
  const turns = limit({ running: 2, waiting: 1, busy })
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) =>
    turns(async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      return name
    })
  const [a, b, c] = [work('a'), work('b'), work('c')]
  await expect(work('d')).rejects.toThrow('busy')
  expect(begun).toEqual(['a', 'b'])
  ends.get('b')!()
  expect(await b).toBe('b')
  await expect.poll(() => begun).toEqual(['a', 'b', 'c'])
  ends.get('a')!()
  ends.get('c')!()
  expect(await Promise.all([a, c])).toEqual(['a', 'c'])
})

it('without a queue the next is refused at once, and a failure gives its place back', async () => {
  const turns = limit({ running: 1, waiting: 0, busy })
  const failing = turns(() => Promise.reject(new Error('its own fault')))
  await expect(turns(() => Promise.resolve(1))).rejects.toThrow('busy')
  await expect(failing).rejects.toThrow('its own fault')
  expect(await turns(() => Promise.resolve(2))).toBe(2)
})

it('never more than the ceiling run, and everybody who waits has a turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      async (running, works) => {
        const turns = limit({ running, waiting: works.length, busy })
        let now = 0
        let most = 0
        const results = await Promise.allSettled(
          works.map((fails) =>
            turns(async () => {
              most = Math.max(most, ++now)
              await Promise.resolve()
              now--
              if (fails) throw new Error('failed')
            })
          )
        )
        expect(most).toBeLessThanOrEqual(running)
        expect(results.map(({ status }) => status === 'rejected')).toEqual(works)
      }
    )
  )
})

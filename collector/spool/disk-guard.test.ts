import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { DiskGuard } from './disk-guard.ts'
import { systemDisk } from './disk.ts'

const MIB = 1024 * 1024

it('stops before the reserve is touched although nobody has looked since: a burst counts as it is written', async () => {
  const clock = manualClock(1_000_000)
  let free = 40 * MIB
  const answers: (() => void)[] = []
  const disk = { ...systemDisk, free: () => new Promise<number>((resolve) => answers.push(() => resolve(free))) }
  const guard = new DiskGuard('spool', disk, clock, { maxBytes: Infinity, reserveBytes: 1 * MIB })
  const look = async () => {
    for (const answer of answers.splice(0)) answer()
    await new Promise(setImmediate)
  }
  guard.check()
  await look()
  let taken = 0
  // The volume answers no further look while this burst comes; the store writes as much again as the spool.
  while (guard.refusal(taken) === undefined && taken < 100 * MIB) {
    guard.wrote(MIB)
    taken += MIB
  }
  expect(guard.refusal(taken)).toBe('disk')
  expect(free - 2 * taken).toBeGreaterThan(1 * MIB)

  free -= 2 * taken
  await look()
  // The look that was on its way during the burst is not the last word.
  guard.refusal(taken)
  await look()
  expect(guard.refusal(taken)).toBeUndefined()
  // What waits to be written counts too.
  expect(guard.refusal(taken, 32 * MIB)).toBe('disk')
  await look()
  free = 0
  clock.advance(1_000)
  guard.refusal(taken)
  await look()
  expect(guard.refusal(taken)).toBe('disk')
})

import { expect, it } from 'vitest'
import { SpoolRelease } from './spool-release.ts'

it('the spool is let go up to what both the store and the checkpoint have passed, never backwards', () => {
  const passed: number[] = []
  const release = new SpoolRelease((offset) => passed.push(offset))
  release.checkpointed(-1)
  release.stored(100)
  expect(passed).toEqual([])
  release.checkpointed(40)
  release.checkpointed(40)
  release.stored(90)
  release.checkpointed(250)
  release.checkpointed(60)
  expect(passed).toEqual([41, 101])
})

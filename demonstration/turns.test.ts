import { describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { StoryTurn } from './story.ts'
import { createTurns } from './turns.ts'

const turns: StoryTurn[] = [
  { title: 'cổng xã ngừng', after: 180, system: 'cong-phong-thu', fault: 'down' },
  { title: 'NDXP ngừng', after: 240, system: 'ndxp', fault: 'down' },
  { title: 'NDXP trở lại', after: 600, system: 'ndxp' }
]
function stage(elapsedSeconds = 0) {
  const clock = manualClock(1_700_000_000_000)
  const acts: string[] = []
  const playing = createTurns(turns, clock.now() - elapsedSeconds * 1_000, clock, {
    break: async (system, kind) => void acts.push(`${system} ${kind}`),
    mend: async (system) => void acts.push(`${system} mended`)
  })
  return { clock, acts, playing }
}

describe('the timed part of the story', () => {
  it('does each turn once, when it is due', async () => {
    const { clock, acts, playing } = stage()
    const titles: string[] = []
    for (let minute = 0; minute <= 12; minute++) {
      titles.push(...(await playing.step()))
      clock.advance(60_000)
    }
    expect(acts).toEqual(['cong-phong-thu down', 'ndxp down', 'ndxp mended'])
    expect(titles).toEqual(turns.map((turn) => turn.title))
  })

  it('goes on after a restart where it would be: what was repaired meanwhile is not broken again', async () => {
    const { acts, playing } = stage(700)
    expect(await playing.step()).toEqual(['cổng xã ngừng'])
    expect(acts).toEqual(['cong-phong-thu down'])
    expect(await playing.step()).toEqual([])
  })

  it('stands in the middle of an outage when it is started then', async () => {
    const { clock, acts, playing } = stage(300)
    await playing.step()
    clock.advance(300_000)
    await playing.step()
    expect(acts).toEqual(['cong-phong-thu down', 'ndxp down', 'ndxp mended'])
  })
})

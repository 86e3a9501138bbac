import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDrill } from './health.ts'
import { scenarios } from './scenario.ts'

let drill: Awaited<ReturnType<typeof openDrill>>
beforeAll(async () => {
  drill = await openDrill(6)
})
afterAll(() => drill.close())

describe('soc drill health', () => {
  it.each(scenarios)('$name', async (scenario) => {
    expect((await drill.play(scenario)).seen).toBe(scenario.expected)
  })

  it('fails a line that is not seen as expected, or that breaks down', async () => {
    expect(
      await drill.play({
        name: 'wishful',
        expected: '1 alert',
        play: async (stage) => `${stage.look().alerts.length} alerts`
      })
    ).toEqual({
      scenario: 'wishful',
      expected: '1 alert',
      seen: '0 alerts',
      passed: false
    })
    const broken = await drill.play({
      name: 'unknown',
      expected: '',
      play: (stage) => stage.break('nobody', 'down').then(() => '')
    })
    expect(broken).toMatchObject({ passed: false, seen: expect.stringContaining('no stand-in') as string })
  })
})

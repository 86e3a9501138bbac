import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadInventory } from '#province/load.ts'
import { readStory } from './story.ts'
import { newestTime } from './shift-times.ts'

const folder = join(import.meta.dirname, '../sample-logs/story')

describe('the story of the demonstration', () => {
  const story = readStory(folder)

  it('speaks of units that exist', () => {
    const inventory = loadInventory('2023-11-30')
    for (const sender of story.senders) expect(inventory.unit(sender.unit), sender.id).toBeDefined()
  })

  it('has times in every file, so that it can end now', () => {
    for (const { file } of [...story.steps, ...story.trickle]) {
      expect(newestTime(readFileSync(join(folder, file), 'utf8'), 2026), file).toBeGreaterThan(0)
    }
  })

  it('plays its steps 1 to 15 seconds apart and shows the first alert within a minute', () => {
    expect(story.steps.every((step) => step.after <= 15)).toBe(true)
    expect(story.steps.reduce((sum, step) => sum + step.after, 0)).toBeLessThanOrEqual(60)
  })

  it('uses documentation addresses only', () => {
    for (const { file } of [...story.steps, ...story.trickle]) {
      const addresses = readFileSync(join(folder, file), 'utf8').match(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g) ?? []
      const foreign = addresses.filter(
        (address) => !/^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^10\.0$|^537\./.test(address)
      )
      expect(foreign, file).toEqual([])
    }
  })
})

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

  it('breaks only systems that exist, each with an owner, and repairs each of them', () => {
    const inventory = loadInventory('2023-11-30')
    for (const system of story.systems) {
      expect(inventory.unit(system.owner), system.id).toBeDefined()
      expect(inventory.system(system.id), `${system.id} is the demonstration's own`).toBeUndefined()
    }
    const known = new Set([...inventory.systems, ...story.systems].map((system) => system.id))
    const standing = new Map<string, string | undefined>()
    for (const turn of story.turns) {
      expect(known, turn.title).toContain(turn.system)
      standing.set(turn.system, turn.fault)
    }
    expect([...standing.values()].filter((fault) => fault !== undefined)).toEqual([])
  })

  it('lets the portal fall minutes after the web shell, on a host that its logs name', () => {
    const shell = story.steps.findIndex((step) => step.file === '2-web-shell-phong-thu.log')
    const untilShell = story.steps.slice(0, shell + 1).reduce((sum, step) => sum + step.after, 0)
    const falls = story.turns.find((turn) => turn.system === 'cong-phong-thu' && turn.fault === 'down')!
    expect(falls.after - untilShell).toBeGreaterThan(120)
    expect(falls.after - untilShell).toBeLessThan(600)
    const log = readFileSync(join(folder, '2-web-shell-phong-thu.log'), 'utf8')
    expect(story.systems[0]!.hosts.some((host) => log.includes(host))).toBe(true)
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

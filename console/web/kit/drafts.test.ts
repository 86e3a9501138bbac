import { expect, it } from 'vitest'
import { Drafts } from './drafts.ts'
import { Unsaved } from './unsaved.ts'

function shelf() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  }
}

it('what was typed is there again after a reload, for the same person alone', () => {
  const storage = shelf()
  const before = new Drafts(storage)
  before.of('lan')
  before.set('note', ['Đã gọi'])
  const after = new Drafts(storage)
  after.of('lan')
  expect(after.get('note')).toEqual(['Đã gọi'])
  const other = new Drafts(storage)
  other.of('minh')
  expect(other.get('note')).toBeNull()
  const again = new Drafts(storage)
  again.of('lan')
  expect(again.get('note')).toBeNull()
})

it('an ended session takes no draft away when its form goes from the screen', () => {
  const drafts = new Drafts(null)
  drafts.of('lan')
  drafts.set('note', ['Đã gọi'])
  drafts.close()
  drafts.set('note', null)
  drafts.of('lan')
  expect(drafts.get('note')).toEqual(['Đã gọi'])
})

it('who signs out leaves nothing, and a damaged entry is none', () => {
  const storage = shelf()
  const drafts = new Drafts(storage)
  drafts.of('lan')
  drafts.set('note', ['Đã gọi'])
  drafts.drop()
  drafts.of('lan')
  expect(drafts.get('note')).toBeNull()
  storage.setItem('vong-lau-drafts', '{"person":"lan","drafts":7}')
  const damaged = new Drafts(storage)
  damaged.of('lan')
  expect(damaged.get('note')).toBeNull()
})

it('who leaves is asked by every form with something unsent, one after the other', () => {
  const unsaved = new Unsaved()
  const asked: string[] = []
  const typed = new Set(['note', 'request'])
  for (const name of ['note', 'empty', 'request'])
    unsaved.add({
      dirty: () => typed.has(name),
      ask: (proceed) => {
        asked.push(name)
        typed.delete(name)
        proceed()
      }
    })
  let left = false
  unsaved.leave(() => (left = true))
  expect([asked, left]).toEqual([['request', 'note'], true])
})

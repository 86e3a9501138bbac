import { expect, it, vi } from 'vitest'
import type { AlertRow } from '#core/api/alerts.ts'
import { Feed } from './feed.ts'

const alert = (id: string) => ({ id }) as AlertRow

it('two changes in one payload reach every listener, in order', () => {
  const feed = new Feed()
  const heard: string[] = []
  feed.on({ 'alert:changed': ({ id }) => heard.push(`list ${id}`) })
  feed.on({ 'alert:changed': ({ id }) => heard.push(`panel ${id}`) })
  feed.emit('alert:changed', alert('CB-0001'))
  feed.emit('alert:changed', alert('CB-0002'))
  expect(heard).toEqual(['list CB-0001', 'panel CB-0001', 'list CB-0002', 'panel CB-0002'])
})

it('whoever has stopped listening hears nothing more', () => {
  const feed = new Feed()
  const heard = vi.fn()
  const stop = feed.on({ reconnected: heard, 'alert:changed': heard })
  stop()
  feed.emit('reconnected')
  feed.emit('alert:changed', alert('CB-0001'))
  expect(heard).not.toHaveBeenCalled()
})

it("one listener's fault keeps no other from hearing", () => {
  const feed = new Feed()
  const heard = vi.fn()
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  feed.on({
    reconnected: () => {
      throw new Error('a fault of one page')
    }
  })
  feed.on({ reconnected: heard })
  feed.emit('reconnected')
  expect(heard).toHaveBeenCalledOnce()
  expect(said).toHaveBeenCalledOnce()
  said.mockRestore()
})

import { expect, it, vi } from 'vitest'
import { PagedList } from '../live/list.svelte.ts'
import { RowCursor } from './row-cursor.svelte.ts'

const rowsOf = (...ids: string[]) => ids.map((id) => ({ id }))

it('the first step stands on the first row, and no step goes past an end', () => {
  const cursor = new RowCursor({ rows: () => rowsOf('a', 'b'), open: vi.fn() })
  expect(cursor.at).toBe(-1)
  cursor.handlers.previous?.()
  expect(cursor.at).toBe(0)
  for (let step = 0; step < 5; step++) cursor.handlers.next?.()
  expect(cursor.at).toBe(1)
})

it('nothing opens before a row was reached; then the row under the keys', () => {
  const open = vi.fn()
  const cursor = new RowCursor({ rows: () => rowsOf('a', 'b'), open })
  cursor.handlers.open?.()
  expect(open).not.toHaveBeenCalled()
  cursor.step(1)
  cursor.handlers.open?.()
  expect(open).toHaveBeenCalledExactlyOnceWith({ id: 'a' }, false)
})

it('with an open panel the keys stand on its row, and a step takes the panel along', () => {
  const open = vi.fn()
  const cursor = new RowCursor({ rows: () => rowsOf('a', 'b', 'c'), panel: () => 'b', open })
  expect(cursor.at).toBe(1)
  cursor.step(1)
  expect(open).toHaveBeenCalledExactlyOnceWith({ id: 'c' }, true)
})

it('a list that walks opens each row it reaches', () => {
  const open = vi.fn()
  new RowCursor({ rows: () => rowsOf('a'), open, walks: true }).step(1)
  expect(open).toHaveBeenCalledExactlyOnceWith({ id: 'a' }, false)
})

it('a row pushed above moves the keys along with theirs, and a row that has gone leaves them at its place', () => {
  const list = new PagedList<{ id: string }>(() => 0)
  list.change(() => rowsOf('a', 'b', 'c'))
  const cursor = new RowCursor({ rows: () => list.rows, open: vi.fn() })
  cursor.step(1)
  cursor.step(1)
  list.change(() => rowsOf('new', 'a', 'b', 'c'))
  expect(cursor.at).toBe(2)
  list.change(() => rowsOf('a', 'c'))
  expect(cursor.at).toBe(1)
  list.change(() => [])
  expect(cursor.at).toBe(-1)
  cursor.step(1)
  expect(cursor.at).toBe(-1)
})

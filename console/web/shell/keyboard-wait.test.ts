import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Keyboard } from './keyboard.svelte.ts'
import { ALONE_MS, type Press } from './keyboard.ts'
import { Keys } from './keys.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const press = (key: string): Press => ({
  key,
  code: '',
  modified: false,
  composing: false,
  repeated: false,
  where: 'page'
})

function desk() {
  const keys = new Keys()
  const state = { row: 'CB-1', onRows: true, now: 0 }
  const judged = vi.fn()
  const refuse = vi.fn()
  keys.use({ about: () => state.row, verdict1: () => judged(state.row) })
  const keyboard = new Keyboard({
    keys,
    now: () => state.now,
    onRows: () => state.onRows,
    place: () => [],
    refuse
  })
  const pass = (ms: number) => {
    state.now += ms
    vi.advanceTimersByTime(ms)
  }
  return { keyboard, state, judged, refuse, pass }
}

it('a key pressed alone on its row judges that row, and shows meanwhile what is coming', () => {
  const { keyboard, judged, pass } = desk()
  keyboard.press(press('1'))
  expect([keyboard.waiting, judged.mock.calls]).toEqual(['verdict1', []])
  pass(ALONE_MS)
  expect([keyboard.waiting, judged.mock.calls]).toEqual([null, [['CB-1']]])
})

it('another row under the cursor takes the command back', () => {
  const { keyboard, judged, state, pass } = desk()
  keyboard.press(press('1'))
  state.row = 'CB-2'
  pass(ALONE_MS)
  expect(judged).not.toHaveBeenCalled()
})

it('away from the rows a key judges nothing and says why', () => {
  const { keyboard, judged, refuse, state, pass } = desk()
  state.onRows = false
  keyboard.press(press('1'))
  pass(ALONE_MS)
  expect([judged.mock.calls, refuse.mock.calls]).toEqual([[], [['focus']]])
})

it('a second character takes the first back, and it is said that nothing was done', () => {
  const { keyboard, judged, refuse, pass } = desk()
  keyboard.press(press('1'))
  pass(100)
  keyboard.press(press('9'))
  pass(ALONE_MS * 4)
  expect([judged.mock.calls, refuse.mock.calls]).toEqual([[], [['typing']]])
})

it('a page that stood still waits once more for keys still on their way', () => {
  const { keyboard, judged, state, pass } = desk()
  keyboard.press(press('1'))
  state.now += 3000
  vi.advanceTimersByTime(ALONE_MS)
  expect(judged).not.toHaveBeenCalled()
  pass(100)
  keyboard.press(press('9'))
  pass(ALONE_MS)
  expect(judged).not.toHaveBeenCalled()
})

import { expect, it, vi } from 'vitest'
import { Act } from './act.svelte.ts'

it('an act keeps its buttons busy until it is answered, and a second one meanwhile is ignored', async () => {
  const failed = vi.fn()
  const act = new Act(failed)
  let answer = () => undefined as void
  const first = act.run(() => new Promise<void>((resolve) => (answer = resolve)))
  expect(act.busy).toBe(true)
  const second = vi.fn()
  expect(await act.run(second)).toBe(false)
  answer()
  expect(await first).toBe(true)
  expect(act.busy).toBe(false)
  expect(second).not.toHaveBeenCalled()
  expect(failed).not.toHaveBeenCalled()
})

it('a refused act says why and lets the next one through', async () => {
  const failed = vi.fn()
  const act = new Act(failed)
  const refusal = new Error('refused')
  expect(await act.run(() => Promise.reject(refusal))).toBe(false)
  expect(failed).toHaveBeenCalledExactlyOnceWith(refusal)
  expect(act.busy).toBe(false)
  expect(await act.run(() => Promise.resolve())).toBe(true)
})

import { expect, it } from 'vitest'
import { FormAct } from './form-act.svelte.ts'

const wordsOf = (error: unknown) => `vì ${String(error)}`

it('a refusal stands in the form until the next act', async () => {
  const act = new FormAct({ wordsOf })
  expect(await act.run(() => Promise.reject('mạng'))).toBe(false)
  expect([act.trouble, act.busy]).toEqual(['vì mạng', false])
  expect(await act.run(() => Promise.resolve('row'))).toBe(true)
  expect(act.trouble).toBe('')
})

it('a second act meanwhile is ignored and takes no words away', async () => {
  const act = new FormAct({ wordsOf })
  let answer = (_: unknown) => undefined as void
  const first = act.run(() => new Promise((resolve) => (answer = resolve)))
  act.trouble = 'mã sai'
  expect(await act.run(() => Promise.resolve())).toBe(false)
  expect([act.trouble, act.busy]).toEqual(['mã sai', true])
  answer(null)
  expect(await first).toBe(true)
})

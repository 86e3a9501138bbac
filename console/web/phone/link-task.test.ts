import { expect, it } from 'vitest'
import type { LinkTask } from '#core/api/tasks.ts'
import { LinkDesk } from './link-task.svelte.ts'
import { spanWords } from '../format/span-words.ts'
import { words } from './words.ts'

const task = (nonce: string | null, state: LinkTask['state'] = 'sent') => ({
  code: 'NV-0001',
  nonce,
  state,
  now: 5_000
})
type Reply = { status: number; body: object } | 'no network'

/** A page with a scripted server; `later` is run by hand. */
function page(replies: Reply[]) {
  const asked: { url: string; body: unknown }[] = []
  const later: (() => void)[] = []
  const kept = new Map<string, string>()
  const desk = new LinkDesk({
    token: 'abc',
    now: () => 0,
    later: (work) => void later.push(work),
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key)
    },
    fetch: (async (url: string, init?: RequestInit) => {
      asked.push({ url, body: typeof init?.body === 'string' ? JSON.parse(init.body) : (init?.body ?? null) })
      const reply = replies.shift()
      if (reply === undefined || reply === 'no network') throw new TypeError('failed to fetch')
      return new Response(JSON.stringify(reply.body), { status: reply.status })
    }) as typeof fetch
  })
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  return { desk, asked, later, kept, settle }
}
const ok = (body: object): Reply => ({ status: 200, body })

it('one tap answers, and the next answer has its own nonce', async () => {
  const { desk, asked, kept } = page([ok(task('n1')), ok(task('n2', 'doing'))])
  await desk.open()
  await desk.say('doing')
  expect(asked[1]).toEqual({ url: '/api/task-links/abc/answers', body: { nonce: 'n1', kind: 'doing' } })
  expect([desk.task?.state, desk.task?.nonce, desk.pending, kept.size]).toEqual(['doing', 'n2', null, 0])
  expect(desk.now()).toBe(5_000)
})

it('without a network the answer is kept, tried again with the same nonce, and sent by a page opened later', async () => {
  const { desk, asked, later, kept, settle } = page([
    ok(task('n1')),
    'no network',
    { status: 503, body: {} },
    ok(task('n2', 'done'))
  ])
  await desk.open()
  await desk.say('done', 'xong ')
  expect([desk.waiting, desk.fault, later.length, kept.size]).toEqual([true, null, 1, 1])
  later.shift()!()
  await settle()
  later.shift()!()
  await settle()
  expect(asked.slice(1).map(({ body }) => body)).toEqual(Array(3).fill({ nonce: 'n1', kind: 'done', text: 'xong' }))
  expect([desk.waiting, desk.task?.state, kept.size]).toEqual([false, 'done', 0])
})

it('a page that was open too long fetches a fresh nonce and still says what was tapped', async () => {
  const { desk, asked } = page([
    ok(task('old')),
    { status: 409, body: { code: 'task_link.nonce', params: {} } },
    ok(task('new')),
    ok(task('next', 'doing'))
  ])
  await desk.open()
  await desk.say('doing')
  expect(asked.at(-1)?.body).toEqual({ nonce: 'new', kind: 'doing' })
  expect([desk.task?.state, desk.fault]).toEqual(['doing', null])
})

it('a refusal is told once and not tried again', async () => {
  const { desk, later, kept } = page([
    ok(task('n1')),
    { status: 403, body: { code: 'task_link.other_device', params: { code: 'NV-0001', hotline: '1' } } }
  ])
  await desk.open()
  await desk.say('done')
  expect([desk.fault?.code, desk.pending, later.length, kept.size]).toEqual(['task_link.other_device', null, 0, 0])
})

it('both languages have the same words, and lengths of time are short', () => {
  expect(Object.keys(words.en).sort()).toEqual(Object.keys(words.vi).sort())
  expect([42, 192, 4000].map((minutes) => spanWords(minutes * 60_000, words.vi))).toEqual([
    '42 phút',
    '3 giờ 12 phút',
    '2 ngày'
  ])
})

import { expect, it } from 'vitest'
import { deployedVersion, Pages, type Deployed } from './pages.svelte.ts'

const page = (name: string) => ({ default: name })

function pagesWith(loaders: Record<string, () => Promise<{ default: unknown }>>, deployed: Deployed = 'same') {
  const seen = { reloads: 0, deployed }
  const pages = new Pages({
    loaders,
    deployed: async () => seen.deployed,
    reload: () => (seen.reloads += 1),
    now: () => 7
  })
  return { pages, seen }
}

it('a page is fetched once, when it is opened or about to be', async () => {
  let fetched = 0
  const { pages } = pagesWith({
    queue: async () => {
      fetched += 1
      return page('queue')
    }
  })
  expect(pages.of('queue')).toBeNull()
  pages.prefetch('queue')
  await pages.open('queue')
  await pages.open('queue')
  expect([pages.of('queue'), pages.missing, fetched]).toEqual(['queue', null, 1])
})

it.each([
  ['away', 'offline'],
  ['other', 'outdated'],
  ['same', 'failed']
] as const)('a page that cannot be fetched says why: the server is %s', async (deployed, code) => {
  const { pages } = pagesWith({ rules: () => Promise.reject(new TypeError('Failed to fetch')) }, deployed)
  pages.prefetch('rules')
  expect(pages.missing).toBeNull()
  await pages.open('rules')
  expect(pages.missing).toEqual({ code, since: 7 })
})

it('trying again loads the console anew, but not while nobody answers', async () => {
  const { pages, seen } = pagesWith({ rules: () => Promise.reject(new TypeError('Failed to fetch')) }, 'away')
  await pages.open('rules')
  await pages.retry()
  expect([seen.reloads, pages.missing?.code]).toEqual([0, 'offline'])
  seen.deployed = 'other'
  await pages.retry()
  expect(seen.reloads).toBe(1)
})

it('whoever went on to another page is not told about the one that failed', async () => {
  let fail = () => {}
  const { pages } = pagesWith({
    rules: () => new Promise((_, reject) => (fail = () => reject(new TypeError('Failed to fetch')))),
    queue: async () => page('queue')
  })
  const failing = pages.open('rules')
  await pages.open('queue')
  fail()
  await failing
  expect(pages.missing).toBeNull()
})

it('a new version is one whose first page names another script', async () => {
  const answer = (body: string, status = 200) =>
    deployedVersion(async () => new Response(body, { status }), '/assets/index-1.js')
  expect(await answer('<script src="/assets/index-1.js">')).toBe('same')
  expect(await answer('<script src="/assets/index-2.js">')).toBe('other')
  expect(await answer('', 502)).toBe('away')
  expect(await deployedVersion(() => Promise.reject(new TypeError('network')), 'x')).toBe('away')
})

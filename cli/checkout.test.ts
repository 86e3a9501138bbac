import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { storyFolder } from '#demonstration/demonstration.ts'
import { fromCheckout } from './checkout.ts'

const root = join(import.meta.dirname, '..')

it('an image without benchmarks says so in words, a checkout loads them', async () => {
  const load = () => import('../bench/index.ts')
  await expect(fromCheckout(load, join(root, 'no-such-folder'))).rejects.toMatchObject({
    code: 'cli.image',
    message: expect.stringContaining('not in the image')
  })
  expect(Object.keys((await fromCheckout(load)).benchmarks)).toContain('throughput')
})

it('the image leaves out what only tests and measures need, and holds the story of the demonstration', () => {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  for (const name of ['.git', 'node_modules', 'var', 'dist-web', 'docs', 'bench', 'e2e', 'testing', '**/*.test.ts'])
    expect(lines).toContain(name)
  expect(lines).toContain('!sample-logs/story')
  expect(storyFolder).toBe(join(root, 'sample-logs/story'))
})

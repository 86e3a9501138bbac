import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { testRules } from './rules-test.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (user: string) =>
  `<38>Nov 23 08:30:00 web-portal sshd[20]: Accepted password for ${user} from 192.0.2.9 port 40 ssh2\n`
const sample = 'soc:\n  sample: { listener: syslog-tcp, received: 2026-11-23T09:00:00+07:00 }\n'

function rule(name: string, user: string, soc: string, fire?: string, silent?: string) {
  const detection = `detection:\n  login:\n    user.name: ${user}\n  condition: login\n`
  const text = `title: ${name}\nlogsource:\n  product: linux\n  service: sshd\n${detection}level: low\n${soc}`
  writeFileSync(join(folder, `${name}.yml`), text)
  if (fire !== undefined) writeFileSync(join(folder, `${name}.fire.log`), fire)
  if (silent !== undefined) writeFileSync(join(folder, `${name}.silent.log`), silent)
}

it('a rule does as its samples say, or the reason is named', async () => {
  rule('good', 'lan', sample, line('lan'), line('hung'))
  rule('deaf', 'lan', sample, line('hung'), line('hung'))
  rule('loud', 'minh', sample, line('minh'), line('minh'))
  rule('bare', 'lan', '')
  rule('half', 'lan', sample, line('lan'))
  rule('blank', 'lan', sample, '', line('hung'))
  rule('unread', 'lan', sample, '\u0001\n', line('hung'))
  rule('typo', 'lan', 'soc:\n  sampel: { listener: syslog-tcp }\n')
  writeFileSync(join(folder, 'broken.yml'), 'title: broken\ndetection:\n  a: [\n')
  const results = await testRules([folder])
  const reasons = Object.fromEntries(
    results.map((result) => [result.title || result.file.split('/').at(-1), result.reason])
  )
  expect(results.filter((result) => result.ok).map((result) => result.title)).toEqual(['good'])
  expect(reasons).toEqual({
    good: '',
    deaf: 'it is not true for its .fire.log',
    loud: 'it is true for its .silent.log',
    bare: 'it raises alerts and has no soc.sample',
    half: expect.stringContaining('half.silent.log'),
    blank: expect.stringContaining('is empty'),
    unread: expect.stringMatching(/unread\.fire\.log:1: parse\./),
    typo: expect.stringContaining('soc.sampel is not a key'),
    'broken.yml': expect.stringMatching(/^line \d+: /)
  })
})

it('rules that are true for the silent sample of another one are told', async () => {
  rule('one', 'lan', sample, line('lan'), line('hung'))
  rule('two', 'hung', sample, line('hung'), line('minh'))
  const [one, two] = await testRules([folder])
  expect(one).toMatchObject({ title: 'one', ok: true, others: [two!.ruleId] })
  expect(two).toMatchObject({ title: 'two', ok: true, others: [] })
})

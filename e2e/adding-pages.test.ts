import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sources } from '#collector/sources/index.ts'
import { parsers } from '#collector/parsers/index.ts'

/*
 * The pages that say how to add a thing list the files to touch. Each list is followed here for something that is there:
 * every file of the list names it, and no other code of the product does.
 */

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Code that a person would have to change: tests and what only tests and measures are left out. */
const folders = [
  'cli',
  'collector',
  'console',
  'control',
  'core',
  'demonstration',
  'detector',
  'province',
  'simulator',
  'store',
  'threads'
]
const code = [
  'main.ts',
  ...folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`)
  )
].filter((path) => /\.(?:ts|svelte|js)$/.test(path) && !/\.(?:test|citest|testing)\.ts$/.test(path))

/** Paths of the numbered list after "What to touch:", in order. */
function listed(page: string): string[] {
  const list = /What to touch:\n\n([^]*?)\n\n(?!\d)/.exec(read(page))![1]!
  return [...list.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path]) => path!)
}

type Page = {
  page: string
  /** What stands in for a placeholder of the list. */
  example: Record<string, string>
  /** How code names the example. */
  named: RegExp
  /** Most code files, tests and data aside. */
  most: number
  /** Folders that are the example's own: whatever stands in them may name it. */
  own?: string[]
}

const fortigate = parsers.find(({ name }) => name === 'fortigate')!
const pages: Page[] = [
  {
    page: 'docs/adding-a-parser.md',
    example: { '<format>': 'fortigate', '<sample>': fortigate.samples[0]!.file },
    // The detector knows the word too, as a product of Sigma rules.
    named: /(?:parser|name: )'fortigate'|\/fortigate\.ts'|devname=/,
    most: 2
  },
  {
    page: 'docs/adding-a-source.md',
    // The test of both syslog protocols is one file.
    example: { '<protocol>.test': 'syslog.test', '<protocol>': 'syslog-udp' },
    named: /syslog-udp|SOC_SYSLOG_UDP_PORT|5514\/udp/,
    most: 2
  },
  {
    page: 'docs/adding-a-probe.md',
    example: { '<kind>': 'tls' },
    named: /(?:name: |kind: |case |=== |Run<|\/)'?tls(?:\.ts)?'/,
    most: 4
  },
  {
    page: 'docs/adding-a-route.md',
    example: { '<area>': 'rules', '<feature>': 'rules', '<Part>': 'RulePanel' },
    named: /GET \/api\/rules\/:id/,
    most: 3
  },
  {
    page: 'docs/adding-an-area.md',
    example: { '<noun>': 'rules', '<Noun>': 'Rules' },
    named: /rulesApi|createRules|ruleHandlers|\.\.\/rules\/(?:vi|en|Rules)|'rules\.title'|GET \/api\/rules\b/,
    most: 11,
    own: ['control/rules/', 'console/web/rules/']
  }
]

describe('a page that says how to add a thing', () => {
  it.each(pages)('$page lists the files that name it, and no others do', ({ page, example, named, most, own = [] }) => {
    const files = listed(page).map((path) =>
      Object.entries(example).reduce((text, [placeholder, name]) => text.replaceAll(placeholder, name), path)
    )
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(files.filter((path) => !named.test(read(path)))).toEqual([])
    expect(files.filter((path) => code.includes(path)).length).toBeLessThanOrEqual(most)
    const strangers = code.filter((path) => !files.includes(path) && !own.some((folder) => path.startsWith(folder)))
    const others = strangers.filter((path) => named.test(read(path)))
    expect(others).toEqual([])
  })

  it('of protocols has a row for each, with its setting, port and whether it acknowledges', () => {
    const rows = read('docs/adding-a-source.md').split('\n')
    for (const { protocol, setting, port, transport, acknowledges } of sources) {
      const row = rows.find((line) => line.startsWith(`| \`${protocol}\`: `))
      expect(row, protocol).toContain(`| \`${setting}\` | ${port}/${transport} | ${acknowledges ? 'yes' : 'no'}`)
    }
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { channels } from '#control/notifications/channels/index.ts'
import { en } from '../console/web/i18n/en.ts'
import { vi } from '../console/web/i18n/vi.ts'
import { codesFor } from '#core/codes.ts'
import { outcomesOfKinds, wordsOfOutcome } from '#core/probes/target.ts'
import { faultWords, words } from '../console/web/phone/words.ts'

/*
 * Codes are born in many folders, their words stand in one catalogue: what the sources write and a person may read has
 * words in both languages. A new code without words fails here, and not before a tired analyst.
 */

const root = join(import.meta.dirname, '..')
const catalogues: Record<string, object>[] = [vi, en].map((words) => words as unknown as Record<string, object>)

/** Sources of the program below a folder, tests and their helpers left out. */
function sourcesOf(...folders: string[]): { path: string; text: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|testing|-for-tests|(?:^|\/)web\/|\.d\.ts$/.test(path))
      .map((path) => ({ path: join(folder, path), text: readFileSync(join(root, folder, path), 'utf8') }))
  )
}

/** Whatever the first group of the pattern finds, once each, sorted. */
function found(sources: readonly { text: string }[], pattern: RegExp): string[] {
  const all = sources.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1]!))
  return [...new Set(all)].sort()
}

/** Codes that have no words under a prefix, neither of their own nor of their family (`a.b` of `a.b.c`). */
function wordless(prefix: string, codes: readonly string[]): string[] {
  return codes.filter((code) =>
    catalogues.some((words) => {
      for (let key = `${prefix}.${code}`; key.length > prefix.length; key = key.slice(0, key.lastIndexOf('.')))
        if (Object.hasOwn(words, key)) return false
      return true
    })
  )
}

describe('what people read has words in both languages', () => {
  it('every entry of the story of an alert or an incident', () => {
    const acts = found(sourcesOf('control/triage'), /\bact: '([a-z_.]+)'/g)
    const telling = sourcesOf('control/tasks').find(({ path }) => path.endsWith('telling.ts'))!.text
    const kinds = /export type EntryKind =([^]*?)\nexport/.exec(telling)![1]!
    const answers = found(sourcesOf('core/api'), /taskAnswerKinds = \[([^\]]*)\]/g)
    const steps = [kinds, ...answers].flatMap((list) => [...list.matchAll(/'([a-z_]+)'/g)].map(([, kind]) => kind!))
    expect([acts.length > 20, steps.length > 12]).toEqual([true, true])
    expect(wordless('story', [...acts, ...steps.map((kind) => `task.${kind}`)])).toEqual([])
    expect(wordless('entry', steps)).toEqual([])
  })

  it('every refusal that a person can meet', () => {
    const codes = codesFor('console')
    expect(codes.length).toBeGreaterThan(100)
    expect(wordless('error', codes)).toEqual([])
    const { vi: said } = words
    // The page fetches a new nonce by itself.
    const links = codesFor('task_link').filter((code) => !code.startsWith('task_link.nonce'))
    expect(links.length).toBeGreaterThan(2)
    expect(links.filter((code) => faultWords(said, code, 'NV-0001') === faultWords(said, 'brand.new', ''))).toEqual([])
  })

  it('every act in the audit log', () => {
    const sources = sourcesOf('console/server', 'control').filter(({ path }) => !path.startsWith('control/triage'))
    const acts = [
      ...found(sources, /auditAct\(\s*context,\s*request,\s*'([a-z_.]+)'/g),
      ...found(sources, /\bact: '([a-z_]+\.[a-z_]+)'/g),
      // `alert.${kind}`: by its family.
      ...found(sources, /auditAct\(\s*context,\s*request,\s*`([a-z_]+)\.\$/g)
    ]
    expect(acts.length).toBeGreaterThan(50)
    expect(wordless('audit.name', acts)).toEqual([])
  })

  it('every fate of a message', () => {
    const sources = sourcesOf('control/notifications')
    const codes = found(sources, /\b(?:code|drop): '([a-z_]+(?:\.[a-z_]+)*)'/g)
    expect(codes.length).toBeGreaterThan(15)
    // A channel brings the words of its provider's codes itself.
    const brought = channels.flatMap(({ codes }) => Object.keys(codes))
    const ours = codes.filter((code) => !brought.some((start) => code === start || code.startsWith(`${start}.`)))
    expect(wordless('notification.code', ours)).toEqual([])
  })

  it('every outcome of a probe', () => {
    const sources = sourcesOf('collector/probes')
    const codes = found(sources, /(?:ProbeFault\(\s*|code: |\bfail\()'([a-z_]+(?:\.[a-z_]+)*)'/g)
    expect(codes.length).toBeGreaterThan(15)
    const ofNoKind = codes.filter((code) => wordsOfOutcome(outcomesOfKinds, code) === undefined)
    expect(wordless('probe.code', ofNoKind)).toEqual([])
  })

  it('every reason why an incident opened', () => {
    const described = /Why it opened: ([^.]*)\./.exec(readFileSync(join(root, 'core/api/alerts.ts'), 'utf8'))![1]!
    const named = [...described.matchAll(/`([a-z_]+)`/g)].map(([, reason]) => reason!)
    expect(named.length).toBeGreaterThan(4)
    const opened = found(sourcesOf('control/triage'), /openIncident\(\s*context,\s*\w+,\s*'([a-z_]+)'/g)
    expect(opened.filter((reason) => !named.includes(reason))).toEqual([])
    expect(wordless('incident.reason', named)).toEqual([])
  })
})

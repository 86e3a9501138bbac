import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { builtInDetail, builtInIds, builtInRules, loadBuiltInRules } from './built-in-rules.ts'

const own = join(import.meta.dirname, '../../rules/soc')
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'built-in-'))
  cpSync(own, folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const change = (from: RegExp, to: string) => {
  const file = join(folder, 'outage.yml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}

it('every rule has a file that says it in both languages, and is listed with its text', () => {
  expect([...loadBuiltInRules(folder).keys()]).toEqual([...builtInIds])
  for (const row of builtInRules) {
    expect(row).toMatchObject({ kind: 'built_in', state: 'live', version: expect.stringMatching(/^.{12}$/) })
    expect(row.file).toMatch(/^rules\/soc\/[a-z-]+\.yml$/)
    expect(builtInDetail(row.id)?.text).toContain(`id: ${row.id}`)
  }
  expect(builtInDetail('soc.nothing')).toBeUndefined()
})

it.each([
  ['title', /title: .*/, ''],
  ['id', /id: .*/, 'id: soc.other'],
  ['level', /level: .*/, 'level: grave'],
  ['falsepositives', /falsepositives:[^]*?(?=level)/, 'falsepositives: none\n'],
  ['soc.description_vi', /description_vi:/, 'about_vi:'],
  ['soc.falsepositives_vi', /    - Bảo trì.*\n/, ''],
  ['soc.raised_by', /raised_by: .*/, 'raised_by: nobody'],
  ['soc.sentence_en', /sentence_en: .*/, ''],
  ['soc.sentence_vi', /\{since\}/, '{until}'],
  ['file', /^/, 'title: [']
])('a broken %s is an error that names the file and the field', (field, from, to) => {
  change(from, to)
  expect(() => loadBuiltInRules(folder)).toThrow(
    expect.objectContaining({ code: 'rules.built_in', message: expect.stringContaining(`outage.yml: ${field}: `) })
  )
})

it('a file that is missing, and one of a rule that nothing raises, are errors that name it', () => {
  writeFileSync(join(folder, 'extra.yml'), '')
  expect(() => loadBuiltInRules(folder)).toThrow(/extra\.yml: id: /)
  rmSync(join(folder, 'outage.yml'))
  expect(() => loadBuiltInRules(folder)).toThrow(/outage\.yml: file: /)
})

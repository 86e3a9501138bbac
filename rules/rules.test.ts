import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileRules, loadRules, sigmaEvents } from '#sigma-rules-parser'
import { createInterpreter } from '#collector/interpret.ts'
import type { JsonObject } from '#core/event.ts'
import { logsources } from '#collector/parsers/formats.ts'
import { listenerNames } from '#collector/sources/listeners.ts'
import { createDetector } from '#detector/detector.ts'
import type { SigmaRule } from '#detector/sigma/parse/types.ts'
import { testRules, type RuleTest } from '../cli/rules-test.ts'

const folder = import.meta.dirname
const storyFolder = join(folder, '../sample-logs/story')
/** As far as this test reads it. */
type Story = {
  senders: { id: string; name: string; unit: string; protocol: string; speaksFor?: 'any' }[]
  steps: { sender: string; file: string }[]
  trickle: { sender: string; file: string }[]
}
const { rules, errors } = loadRules([folder])
const areas = ['web', 'linux', 'windows', 'network', 'exchange', 'citizen-data']
const soc = (rule: SigmaRule) => (rule.custom['soc'] ?? {}) as JsonObject
const alerting = rules.filter((rule) => soc(rule)['sample'] !== undefined)
const nameOf = (rule: SigmaRule) => relative(folder, rule.file)

describe('our own rules', () => {
  let results: RuleTest[]
  beforeAll(async () => {
    results = await testRules([folder])
  })

  it('all parse, and there are at least twenty that raise alerts, in every area', () => {
    expect(errors).toEqual([])
    expect(alerting.length).toBeGreaterThanOrEqual(20)
    for (const area of areas) expect(alerting.some((rule) => nameOf(rule).startsWith(`${area}/`)), area).toBe(true)
  })

  it('each is true for the sample that must fire and silent on the other, through parsers and detector', () => {
    expect(results.filter((result) => !result.ok)).toEqual([])
    expect(results.map((result) => result.ruleId).sort()).toEqual(alerting.map((rule) => rule.id).sort())
  })

  it('none is true for the sample on which another one must be silent', () => {
    expect(results.filter((result) => result.others.length > 0)).toEqual([])
  })

  it.each(alerting.map((rule) => [nameOf(rule), rule] as const))('%s says what an analyst needs', (_name, rule) => {
    expect(rule.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(rule.description.length).toBeGreaterThan(40)
    expect(rule.falsePositives.length).toBeGreaterThan(0)
    expect(rule.level).not.toBe('informational')
    expect(rule.tags.some((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(tag))).toBe(true)
    expect(rule.tags.every((tag) => /^attack\.(t\d{4}(\.\d{3})?|[a-z-]+)$/.test(tag))).toBe(true)
    for (const key of ['title_vi', 'sentence_vi', 'sentence_en']) expect(soc(rule)[key], key).toEqual(expect.any(String))
    expect(rule.kind === 'correlation' ? rule.groupBy : soc(rule)['entity']).not.toEqual([])
    // Both sentences are filled from the same fields.
    const fields = (key: string) => (String(soc(rule)[key]).match(/\{[^}]+\}/g) ?? []).sort()
    expect(fields('sentence_vi')).toEqual(fields('sentence_en'))
    // Vietnamese is written composed, or searches and comparisons would miss it.
    expect(rule.text.normalize('NFC')).toBe(rule.text)
  })

  it('the demonstration raises the alerts of its story, and its harmless lines none', () => {
    const story = JSON.parse(readFileSync(join(storyFolder, 'story.json'), 'utf8')) as Story
    const senders = story.senders.map((sender) => ({
      speaksFor: 'self' as const,
      ...sender,
      origin: 'demonstration' as const,
      tokenHashes: [],
      networks: [],
      utcOffsetMinutes: 420,
      enabled: true
    }))
    const { interpret } = createInterpreter({ version: 0, unitByDomain: {}, unitNames: {}, senders })
    const detector = createDetector({ rules, compileRules, toSigmaEvent: sigmaEvents(logsources), listenerNames })
    const receivedAt = Date.parse('2026-11-23T02:18:45+07:00')
    const play = ({ sender, file }: { sender: string; file: string }) => {
      const lines = readFileSync(join(storyFolder, file), 'utf8').split('\n')
      const judged = lines.filter(Boolean).map((line, offset) => {
        const { protocol: listener, unit } = story.senders.find((one) => one.id === sender)!
        const place = { partition: 0, offset, id: `${file}-${offset}` }
        const frame = { receivedAt, listener, origin: 'demonstration' as const, peer: '', sender, unit, hint: '', flags: 0 }
        const outcome = interpret({ ...frame, ...place, clientKey: '', raw: Buffer.from(line) })
        if ('rejected' in outcome) throw new Error(`${file}: ${outcome.rejected.detail}`)
        return { offset, event: outcome.event, receivedAt, sender }
      })
      return detector.judge(judged, 0, judged.length - 1).folds.map((fold) => fold.rule.title.en)
    }
    const raised = story.steps.flatMap(play)
    for (const title of [
      'SSH passwords guessed from one address',
      'SSH log-in succeeded after guessed passwords',
      'Web shell uploaded and then called',
      'Intrusion alarm of the firewall',
      'Malware found by the firewall',
      'Office program starts a script host',
      'Shadow copies or recovery switched off',
      'Mass look-ups of citizens by one officer'
    ]) {
      expect(raised).toContain(title)
    }
    expect(story.trickle.flatMap(play)).toEqual([])
  })

  it('rules that the platform raises itself are skipped, each for the reason it states', () => {
    const files = readdirSync(join(folder, 'soc'))
    expect(files.length).toBeGreaterThanOrEqual(10)
    const words = ['advice', 'kinds']
    for (const file of files) {
      const name = file.replace(/\.yml$/, '')
      const reason = words.includes(name) ? `holds: ${name}` : 'raised_by: platform'
      expect(readFileSync(join(folder, 'soc', file), 'utf8')).toContain(reason)
    }
    expect(loadRules([join(folder, 'soc')])).toEqual({ rules: [], errors: [] })
  })

  it('every id is used once and every sample belongs to a rule', () => {
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
    const files = readdirSync(folder, { recursive: true }).map(String)
    const stems = new Set(alerting.map((rule) => nameOf(rule).replace(/\.yml$/, '')))
    const strays = files.filter((file) => file.endsWith('.log') && !stems.has(file.replace(/\.(fire|silent)\.log$/, '')))
    expect(strays).toEqual([])
  })

  it('samples use documentation addresses and no citizen number', () => {
    for (const file of readdirSync(folder, { recursive: true }).map(String)) {
      if (!file.endsWith('.log')) continue
      const text = readFileSync(join(folder, file), 'utf8')
      const addresses = text.match(/\b\d{1,3}(\.\d{1,3}){3}\b/g) ?? []
      expect(addresses.filter((ip) => !/^(192\.0\.2|198\.51\.100|203\.0\.113|127\.0\.0)\./.test(ip)), file).toEqual([])
      expect(text.match(/\b0\d{11}\b/g), file).toBe(null)
    }
  })
})

describe('on a Vietnamese screen', () => {
  const vietnamese = /[àáảãạăắằẳẵặâấầẩẫậđèéẻẽẹêếềểễệìíỉĩịòóỏõọôốồổỗộơớờởỡợùúủũụưứừửữựỳýỷỹỵ]/i
  const plain = (rule: SigmaRule) => [rule.description, ...rule.falsePositives, soc(rule)['description_vi'], ...hints(rule)]
  const hints = (rule: SigmaRule) => (soc(rule)['falsepositives_vi'] ?? []) as string[]

  it.each(rules.map((rule) => [`${nameOf(rule)}: ${rule.title}`, rule] as const))('%s speaks Vietnamese', (_name, rule) => {
    for (const key of ['title_vi', 'description_vi']) expect(soc(rule)[key], key).toMatch(vietnamese)
    expect(hints(rule)).toHaveLength(rule.falsePositives.length)
    for (const hint of hints(rule)) expect(hint).toMatch(vietnamese)
    // What cannot be done is not advised.
    for (const text of plain(rule)) expect(text).not.toMatch(/exception|ngoại lệ|threshold for it/i)
  })
})

describe('disguises', () => {
  it.each([
    ['web/sql-injection', 8],
    ['web/script-in-upload-folder', 9],
    ['windows/event-log-cleared', 2]
  ] as const)('%s is true for every line of the sample that must fire', async (name, lines) => {
    const [result] = await testRules([join(folder, `${name}.yml`)])
    expect(result).toMatchObject({ ok: true, fired: lines })
  })
})

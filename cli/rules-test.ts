import { readFileSync, statSync } from 'node:fs'
import { compileRules, loadRules, sigmaEvents } from '#sigma-rules-parser'
import { createInterpreter } from '#collector/interpret.ts'
import { messageOf } from '#core/errors.ts'
import type { JsonObject } from '#core/event.ts'
import type { MatchFold } from '#core/match.ts'
import { logsources } from '#collector/parsers/formats.ts'
import { listenerNames } from '#collector/sources/listeners.ts'
import { createDetector, type Detector, type JudgedEvent } from '#detector/detector.ts'
import type { SigmaRule } from '#detector/sigma/parse/types.ts'

/** What came of a rule's samples. */
export type RuleTest = {
  file: string
  ruleId: string
  title: string
  ok: boolean
  /** Matches in the sample that must fire. */
  fired: number
  /** What is wrong; empty when nothing is. */
  reason: string
  /** Ids of other rules that are true for the sample on which this one must be silent. */
  others: string[]
}

/** How the samples of a rule are heard: `soc.sample` of the rule. */
type Sample = { listener: string; hint?: string; received: string }

/** Samples are a few lines; a longer file is not a sample. */
const MAX_SAMPLE_BYTES = 1 << 20
/** The unit that sends the samples; it may speak for all, so that a rule sees the unit its sample names. */
const SENDER = 'sample'
const UNIT = '46'

/**
 * Sends the samples of every rule below the paths through the parsers and the detector: `NAME.fire.log` beside
 * `NAME.yml` must make the rule raise an alert, `NAME.silent.log` must not. A rule that raises alerts and has no sample
 * fails; so does a sample of which a line is not understood.
 */
export async function testRules(paths: readonly string[]): Promise<RuleTest[]> {
  const loaded = loadRules(paths)
  const detector = createDetector({
    rules: loaded.rules,
    compileRules,
    toSigmaEvent: sigmaEvents(logsources),
    listenerNames
  })
  const empty = detector.checkpoint()
  const faults = [...loaded.errors, ...detector.ruleErrors()].map((error): RuleTest => ({
    file: error.file,
    ruleId: error.ruleId ?? '',
    title: error.title ?? '',
    ok: false,
    fired: 0,
    reason: `line ${error.line}: ${error.message}`,
    others: []
  }))
  const broken = new Set(faults.map((fault) => fault.ruleId))
  const silent = detector.silentRules()
  const tests = loaded.rules
    .filter((rule) => !broken.has(rule.id) && (!silent.has(rule.id) || sampleOf(rule) !== undefined))
    .map((rule) => testRule(rule, detector, empty))
  return [...tests, ...faults]
}

function testRule(rule: SigmaRule, detector: Detector, empty: Uint8Array): RuleTest {
  const test: RuleTest = {
    file: rule.file,
    ruleId: rule.id,
    title: rule.title,
    ok: false,
    fired: 0,
    reason: '',
    others: []
  }
  const sample = sampleOf(rule)
  if (sample === undefined) return { ...test, reason: 'it raises alerts and has no soc.sample' }
  try {
    const fired = judge(rule, sample, 'fire', detector, empty)
    test.fired = fired.reduce((sum, fold) => sum + (fold.rule.id === rule.id ? fold.count : 0), 0)
    if (test.fired === 0) {
      return { ...test, reason: 'it is not true for its .fire.log' }
    }
    const quiet = judge(rule, sample, 'silent', detector, empty)
    test.others = quiet.map((fold) => fold.rule.id).filter((id) => id !== rule.id)
    if (test.others.length < quiet.length) return { ...test, reason: 'it is true for its .silent.log' }
    return { ...test, ok: true }
  } catch (error) {
    return { ...test, reason: messageOf(error) }
  }
}

function sampleOf(rule: SigmaRule): Sample | undefined {
  const soc = rule.custom['soc'] as JsonObject | undefined
  return soc?.['sample'] as Sample | undefined
}

/** The folds of one sample, from an empty memory. */
function judge(
  rule: SigmaRule,
  sample: Sample,
  kind: 'fire' | 'silent',
  detector: Detector,
  empty: Uint8Array
): MatchFold[] {
  const file = rule.file.replace(/\.ya?ml$/, `.${kind}.log`)
  if (statSync(file).size > MAX_SAMPLE_BYTES) throw new Error(`${file} has more than ${MAX_SAMPLE_BYTES} bytes`)
  const lines = readFileSync(file, 'utf8').split('\n')
  const { interpret } = createInterpreter({
    version: 0,
    unitByDomain: {},
    unitNames: {},
    senders: [
      {
        id: SENDER,
        name: SENDER,
        unit: UNIT,
        origin: 'canary',
        tokenHashes: [],
        networks: [],
        speaksFor: 'any',
        // Asia/Ho_Chi_Minh, for times written without a zone.
        utcOffsetMinutes: 420,
        enabled: true
      }
    ]
  })
  const receivedAt = Date.parse(sample.received)
  const judged: JudgedEvent[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const outcome = interpret({
      receivedAt,
      listener: sample.listener,
      origin: 'canary',
      peer: '127.0.0.1:0',
      sender: SENDER,
      unit: UNIT,
      hint: sample.hint ?? '',
      flags: 0,
      clientKey: '',
      raw: Buffer.from(line),
      partition: 0,
      offset: index,
      id: `${kind}-${index + 1}`
    })
    if ('rejected' in outcome) {
      throw new Error(`${file}:${index + 1}: ${outcome.rejected.code}: ${outcome.rejected.detail}`)
    }
    judged.push({ offset: index, event: outcome.event, receivedAt, sender: SENDER })
  }
  if (judged.length === 0) throw new Error(`${file} is empty`)
  detector.restore(empty)
  return detector.judge(judged, 0, lines.length - 1).folds
}

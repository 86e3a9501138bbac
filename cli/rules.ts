import { createReadStream } from 'node:fs'
import { logsources } from '#collector/parsers/formats.ts'
import { listenerNames } from '#collector/sources/listeners.ts'
import { createDetector } from '#detector/detector.ts'
import { compileRules, loadRules, sigmaEvents } from '#sigma-rules-parser'
import { SocError } from '#core/errors.ts'
import type { DetectionRule, RuleError } from '#detector/sigma/parse/types.ts'
import { matchLines } from '#detector/sigma/events/match-lines.ts'
import { readArgs, type Command } from './command.ts'
import { testRules } from './rules-test.ts'

const DEFAULT_FOLDER = 'rules'

/** `soc rules check|match|test`. */
export const rules: Command = {
  about: 'check, match and test Sigma rules',
  help: `
Usage: soc rules check [DIR…] [--json]
       soc rules match --rules DIR [--rules DIR…] --events FILE|- [--json]
       soc rules test  [DIR…] [--json]

check  parses and compiles every rule; prints each fault with file and line. Exit code 1 when there is one.
match  prints {"event": n, "rules": [ids…]} for each event of an NDJSON file that matches (n = 0-based line).
test   sends each rule's samples through the parsers and the detector: the one must fire, the other must not.
Without DIR, rules/ is used.`,
  async run([action, ...args]) {
    if (action === 'check') return check(args)
    if (action === 'match') return match(args)
    if (action === 'test') return test(args)
    throw new SocError('cli.usage', 'rules needs check, match or test')
  }
}

function compiled(paths: string[]) {
  const loaded = loadRules(paths)
  const detections = loaded.rules.filter((rule): rule is DetectionRule => rule.kind === 'detection')
  const set = compileRules(detections)
  return { set, errors: [...loaded.errors, ...set.errors] }
}

const place = (error: RuleError) => `${error.file}:${error.line}: ${error.message}`

async function check(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean' } })
  // The detector too: it knows wrong `soc` keys and references to rules that are not there.
  const loaded = loadRules(positionals.length > 0 ? positionals : [DEFAULT_FOLDER])
  const detector = createDetector({
    rules: loaded.rules,
    compileRules,
    toSigmaEvent: sigmaEvents(logsources),
    listenerNames
  })
  const errors = [...loaded.errors, ...detector.ruleErrors()]
  if (values.json) process.stdout.write(`${JSON.stringify({ rules: loaded.rules.length, errors })}\n`)
  else {
    for (const error of errors) process.stdout.write(`${place(error)}\n`)
    process.stderr.write(`${loaded.rules.length} rules, ${errors.length} faults\n`)
  }
  return errors.length > 0 ? 1 : 0
}

async function match(args: string[]): Promise<number> {
  const { values } = readArgs(args, {
    rules: { type: 'string', multiple: true },
    events: { type: 'string' },
    json: { type: 'boolean' }
  })
  if (values.events === undefined)
    throw new SocError('cli.usage', 'rules match needs --events FILE, or - for standard input')
  const { set, errors } = compiled(values.rules ?? [DEFAULT_FOLDER])
  for (const error of errors) process.stderr.write(`${place(error)}\n`)
  const input = values.events === '-' ? process.stdin : createReadStream(values.events)
  const { bad } = await matchLines(set, input, process.stdout, (line) => process.stderr.write(`${line}\n`))
  if (bad > 0) process.stderr.write(`${bad} lines are not JSON objects\n`)
  return 0
}

async function test(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(args, { json: { type: 'boolean' } })
  const results = await testRules(positionals.length > 0 ? positionals : [DEFAULT_FOLDER])
  const failed = results.filter((result) => !result.ok)
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`)
  else
    for (const result of results)
      process.stdout.write(`${result.ok ? 'ok  ' : 'FAIL'} ${result.file}${result.ok ? '' : `: ${result.reason}`}\n`)
  process.stderr.write(`${results.length - failed.length} of ${results.length} rules do as their samples say\n`)
  return failed.length > 0 ? 1 : 0
}

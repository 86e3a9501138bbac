import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { compileRules, loadRules, parseEvent, toSigmaEvent } from '#sigma-rules-parser'
import { SocError } from '#core/errors.ts'
import type { DetectionRule, RuleSet } from '#detector/sigma/parse/types.ts'
import { quantile, type Benchmark, type Figure } from './report.ts'

/** Event sets with the rules that must match, and nothing else: file of events, file of expected matches. */
const conformance = [
  ['regression/events.evtxdump.ndjson', 'regression/expected.ndjson'],
  ['regression/events.flat.ndjson', 'regression/expected.ndjson'],
  ['events/evtx_to_mitre.ndjson.gz', 'events/evtx_to_mitre.expected.ndjson'],
  ['events/security_datasets_12k.ndjson.gz', 'events/security_datasets_12k.expected.ndjson']
] as const

/** Lanes with the events per second to reach on one core of a small server. */
const lanes = [
  ['raw_windows', 'lanes/raw_windows.ndjson.gz', 113_000],
  ['structured_windows', 'lanes/structured_windows.ndjson.gz', 26_000],
  ['cisco_syslog', 'lanes/cisco_syslog.ndjson.gz', 594_000],
  ['sysmon_file_event', 'lanes/sysmon_file_event.ndjson.gz', 78_000],
  ['evtx_to_mitre', 'events/evtx_to_mitre.ndjson.gz', 32_000],
  ['security_datasets', 'events/security_datasets_12k.ndjson.gz', 24_000]
] as const
const MAX_LOAD_S = 5
const MAX_RSS_MB = 300

/** The engine against public event sets with known answers, and its speed on public lanes. */
export const sigmaConformance: Benchmark = {
  about: 'Sigma engine: exact matches on public event sets, events/s on public lanes, load time, memory',
  help: `
Usage: soc bench sigma --corpus DIR [--passes 7] [--lanes off]

DIR holds sigma/rules (SigmaHQ), sigma/regression, sigma/events and sigma/lanes. Every event must match exactly the expected rules. A lane is parsed, routed and
matched line by line on one thread; the figure is the median pass after a warm-up pass.`,
  async run(args, progress) {
    const { values } = parseArgs({
      args,
      options: {
        corpus: { type: 'string' },
        passes: { type: 'string', default: '7' },
        lanes: { type: 'string', default: 'on' }
      }
    })
    const passes = Number(values.passes)
    if (!Number.isInteger(passes) || passes < 1)
      throw new SocError('cli.usage', 'bench sigma: --passes must be 1 or more')
    if (values.corpus === undefined) throw new SocError('cli.usage', 'bench sigma needs --corpus DIR')
    const root = join(values.corpus, 'sigma')
    if (!existsSync(join(root, 'rules'))) {
      throw new SocError('bench.no_corpus', `There is no corpus at ${values.corpus}: ${join(root, 'rules')} is missing`)
    }
    const figures: Figure[] = []
    const set = load(root, figures, progress)
    for (const [events, expected] of conformance) figures.push(compare(set, root, events, expected, progress))
    if (values.lanes === 'on') {
      for (const [name, file, target] of lanes)
        figures.push(measure(set, name, join(root, file), target, passes, progress))
    }
    return figures
  }
}

function load(root: string, figures: Figure[], progress: (line: string) => void): RuleSet {
  const start = performance.now()
  const loaded = loadRules([join(root, 'rules')])
  const set = compileRules(loaded.rules.filter((rule): rule is DetectionRule => rule.kind === 'detection'))
  const seconds = (performance.now() - start) / 1000
  for (const error of [...loaded.errors, ...set.errors]) progress(`${error.file}:${error.line}: ${error.message}`)
  figures.push({ name: 'rules', value: set.rules.length, unit: '' })
  figures.push({ name: 'refused', value: loaded.errors.length + set.errors.length, unit: '' })
  const reached = seconds <= MAX_LOAD_S
  figures.push({ name: 'load', value: seconds, unit: 's', target: `≤ ${MAX_LOAD_S}`, reached })
  // Before the event sets are read: they are this benchmark's memory, not the engine's.
  const rss = process.memoryUsage.rss() / 1e6
  figures.push({
    name: 'rss with rules',
    value: rss,
    unit: 'MB',
    target: `≤ ${MAX_RSS_MB}`,
    reached: rss <= MAX_RSS_MB
  })
  return set
}

/** Events whose matches are not exactly the expected ones. */
function compare(
  set: RuleSet,
  root: string,
  events: string,
  expected: string,
  progress: (line: string) => void
): Figure {
  const wanted = new Map<number, string>()
  for (const line of linesOf(join(root, expected))) {
    const { event, matches } = JSON.parse(line) as { event: number; matches: string[] }
    wanted.set(event, matches.sort().join(' '))
  }
  let wrong = 0
  for (const [index, line] of linesOf(join(root, events)).entries()) {
    const hits = set.match(toSigmaEvent(parseEvent(line)!))
    const got = hits.map((hit) => hit.rule.id).sort()
    if (got.join(' ') === (wanted.get(index) ?? '')) continue
    wrong++
    progress(`${events}:${index}: got [${got.join(' ')}], expected [${wanted.get(index) ?? ''}]`)
  }
  const name = `wrong in ${events.replace(/^.*\/|\.ndjson.*$/g, '')}`
  return { name, value: wrong, unit: 'events', target: '0', reached: wrong === 0 }
}

function measure(
  set: RuleSet,
  name: string,
  file: string,
  target: number,
  passes: number,
  progress: (line: string) => void
): Figure {
  const lines = linesOf(file)
  const rates: number[] = []
  for (let pass = 0; pass <= passes; pass++) {
    const start = performance.now()
    for (const line of lines) set.match(toSigmaEvent(parseEvent(line)!))
    if (pass > 0) rates.push((lines.length / (performance.now() - start)) * 1000)
  }
  progress(`${name}: ${rates.map((rate) => Math.round(rate)).join(' ')}`)
  const value = quantile(rates, 0.5)
  return { name, value, unit: 'events/s', target: `≥ ${target}`, reached: value >= target }
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(file)
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
  return text.split('\n').filter((line) => line !== '')
}

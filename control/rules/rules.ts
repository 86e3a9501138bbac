import { HOUR_MS } from '#core/time.ts'
import { readFileSync } from 'node:fs'
import { foldText } from '#core/fold.ts'
import type { RuleDetail, RuleList, RuleRow } from '#core/api/sources.ts'
import type { Control } from '#control/database/control.ts'
import type { Clock } from '#core/clock.ts'
import { builtInDetail } from './built-in-rules.ts'
import { none, ruleInText } from './rule-text.ts'

/** Counts are shown beside thousands of rules and change slowly: they are taken at most this often. */
const COUNTS_KEPT_MS = 5_000

/** Rules of the data plane with what the control plane counted of them, after the `builtIn` ones. */
export function createRules(parts: {
  control: Control
  clock: Clock
  /** Folders of the rules, absolute; screens see paths below them. */
  folders: readonly string[]
  loaded(): { rules: RuleRow[]; loadedAt: number }
  builtIn: RuleRow[]
}) {
  let lastCounts: { at: number; counts: ReturnType<typeof takeCounts> } | undefined
  function counts() {
    const now = parts.clock.now()
    if (lastCounts === undefined || now - lastCounts.at >= COUNTS_KEPT_MS || now < lastCounts.at) lastCounts = { at: now, counts: takeCounts() }
    return lastCounts.counts
  }
  /** Matches of the last 24 h and share of false positives among verdicts, by rule. */
  function takeCounts() {
    const since = Math.floor(parts.clock.now() / HOUR_MS) - 24
    const matches = parts.control.all<{ id: string; n: number }>('SELECT rule_id AS id, SUM(matches) AS n FROM rule_hours WHERE hour > ? GROUP BY rule_id', since)
    const verdicts = parts.control.all<{ id: string; n: number; wrong: number }>(
        `SELECT rule_id AS id, COUNT(*) AS n, SUM(verdict = 'false_positive') AS wrong FROM alerts
         WHERE verdict IS NOT NULL AND verdict NOT IN ('duplicate', 'test') GROUP BY rule_id`)
    return {
      matches: new Map(matches.map(({ id, n }) => [id, n])),
      wrong: new Map(verdicts.map(({ id, n, wrong }) => [id, wrong / n]))
    }
  }

  /** Path as shown: from the rules folder's own name on, never where the server keeps it. */
  function shown(path: string): string {
    const folder = parts.folders.find((candidate) => path === candidate || path.startsWith(`${candidate}/`))
    return folder === undefined ? path : path.slice(folder.lastIndexOf('/') + 1)
  }
  const shownRow = (rule: RuleRow): RuleRow => ({
    ...rule,
    file: shown(rule.file),
    error: rule.error === null ? null : rule.error.replace(rule.file, shown(rule.file))
  })

  function rows(): RuleRow[] {
    const { matches, wrong } = counts()
    return [...parts.builtIn, ...parts.loaded().rules].map((rule) => ({
      ...rule,
      matches24h: matches.get(rule.id) ?? 0,
      falsePositiveShare: wrong.get(rule.id) ?? null
    }))
  }

  return {
    list(filter: { q?: string; state?: RuleRow['state']; offset: number; limit: number }): RuleList {
      const all = rows()
      const words = foldText(filter.q ?? '')
      const found = all.filter(
        (rule) =>
          (filter.state === undefined || rule.state === filter.state) &&
          (words === '' ||
            foldText(
              `${rule.title.vi} ${rule.title.en} ${rule.id} ${rule.logsource} ${rule.tags.join(' ')} ${rule.file}`
            ).includes(words))
      )
      found.sort((a, b) => Number(b.state === 'broken') - Number(a.state === 'broken') || b.matches24h - a.matches24h)
      return {
        rules: found.slice(filter.offset, filter.offset + filter.limit).map(shownRow),
        total: found.length,
        loadedAt: parts.loaded().loadedAt,
        broken: all.filter((rule) => rule.state === 'broken').length
      }
    },

    detail(id: string): RuleDetail | undefined {
      const rule = rows().find((candidate) => candidate.id === id)
      if (rule === undefined) return undefined
      const row = shownRow(rule)
      const builtIn = rule.kind === 'built_in' ? builtInDetail(id) : undefined
      if (builtIn !== undefined) return { rule: row, ...builtIn }
      let text = ''
      try {
        text = readFileSync(rule.file, 'utf8')
      } catch {
        // The file went away since it was loaded; the row still says what ran.
        return { rule: row, text: '', description: none, falsePositives: none }
      }
      return { rule: row, ...ruleInText(text, rule) }
    }
  }
}

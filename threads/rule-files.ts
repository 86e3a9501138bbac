import { statSync, watch, type FSWatcher } from 'node:fs'
import type { RuleRow } from '#core/api/sources.ts'
import type { JsonObject } from '#core/event.ts'
import { ruleVersion } from '#detector/rule-profile.ts'
import type { RuleError, SigmaRule } from '#detector/sigma/parse/types.ts'

/** Changes within this time are one reload: an editor or `git pull` touches many files at once. */
const SETTLE_MS = 400

/** How often a folder is looked at for having been replaced or having come back: the watch is on the folder, not its name. */
const REPLACED_CHECK_MS = 3_000

/** Calls `changed` when anything below the folders changes, or a folder itself is replaced; returns how to stop. */
export function watchRules(folders: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(changed, SETTLE_MS)
  }
  const watched = new Map<string, { inode: bigint; watcher: FSWatcher }>()
  /** Watches what stands at this name now; true when that is another folder than before. */
  function arm(folder: string): boolean {
    const inode = statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino
    const known = watched.get(folder)
    if (inode === known?.inode) return false
    known?.watcher.close()
    watched.delete(folder)
    if (inode !== undefined) {
      const watcher = watch(folder, { recursive: true }, (_event, name) => {
        if (name === null || /\.ya?ml$/.test(name)) soon()
      })
      // A folder that vanishes ends its watcher; the rules read before stay in force until it is looked at again.
      watcher.on('error', () => watcher.close())
      watched.set(folder, { inode, watcher })
    }
    return true
  }
  for (const folder of folders) arm(folder)
  const check = setInterval(() => {
    if (folders.filter(arm).length > 0) soon()
  }, REPLACED_CHECK_MS)
  return () => {
    clearTimeout(timer)
    clearInterval(check)
    for (const { watcher } of watched.values()) watcher.close()
  }
}

/** Rows of the rules screen as far as the data plane knows; the control plane adds the counts. */
export function ruleRows(rules: readonly SigmaRule[], errors: readonly RuleError[]): RuleRow[] {
  const broken = new Map(errors.filter((error) => error.ruleId !== undefined).map((error) => [error.ruleId!, error]))
  const rows = rules.map((rule): RuleRow => {
    const error = broken.get(rule.id)
    broken.delete(rule.id)
    return {
      id: rule.id,
      title: { vi: vietnameseTitle(rule.custom) ?? rule.title, en: rule.title },
      level: rule.level,
      status: rule.status,
      kind: rule.kind,
      logsource:
        rule.kind === 'detection'
          ? [rule.logsource.product, rule.logsource.category, rule.logsource.service].filter(Boolean).join(' / ')
          : rule.type,
      tags: rule.tags,
      file: rule.file,
      version: ruleVersion(rule.text),
      state: error ? 'broken' : 'live',
      error: error ? `${error.file}:${error.line}: ${error.message}` : null,
      matches24h: 0,
      falsePositiveShare: null
    }
  })
  // A row each: a rule with two errors is one broken rule, and its first error is where to begin.
  const unread = new Map<string, RuleError>()
  for (const error of errors) {
    if (error.ruleId !== undefined && !broken.has(error.ruleId)) continue
    const id = error.ruleId ?? `${error.file}:${error.line}`
    if (!unread.has(id)) unread.set(id, error)
  }
  return [
    ...rows,
    ...[...unread].map(([id, error]): RuleRow => {
      const title = error.title ?? error.file.split('/').at(-1) ?? error.file
      return {
        id,
        title: { vi: title, en: title },
        level: 'informational',
        status: '',
        kind: 'detection',
        logsource: '',
        tags: [],
        file: error.file,
        version: '',
        state: 'broken',
        error: `${error.file}:${error.line}: ${error.message}`,
        matches24h: 0,
        falsePositiveShare: null
      }
    })
  ]
}

function vietnameseTitle(custom: JsonObject): string | undefined {
  const soc = custom['soc']
  const title = typeof soc === 'object' && soc !== null && !Array.isArray(soc) ? soc['title_vi'] : undefined
  return typeof title === 'string' ? title : undefined
}

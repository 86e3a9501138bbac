import type { QueueTab } from '#core/api/alerts.ts'
import { foldText } from '#core/fold.ts'
import { levels, type Level } from '#core/match.ts'
import { refuse } from '#core/errors.ts'
import { IN_HAND, OPEN } from '../record/alert-record.ts'
import { maskText } from '#control/rights/masking.ts'
import type { Scope } from '#control/rights/scope.ts'

/** What a queue page asks for. */
export type AlertFilter = {
  tab: QueueTab
  /** Of whom `mine` speaks. */
  userId: string
  scope: Scope
  rule?: string
  level?: Level
  q?: string
  entity?: string
  /** Whoever asks sees numbers masked: digits are looked for in what the screen shows. */
  masked?: boolean
  incident?: string
  cursor?: string
  limit: number
}

export const MAX_PAGE = 500
/** Words of a search beyond these are not looked at. */
const MAX_WORDS = 5
const MAX_QUERY = 200

/** Conditions of each tab; they repeat the words of the partial indexes, so that SQLite uses those. */
const tabs: Record<QueueTab, string> = {
  new: `a.status = 'new'`,
  mine: `a.assignee = :user AND a.${IN_HAND}`,
  waiting: `a.status = 'waiting'`,
  escalated: `a.escalated = 1 AND a.${OPEN}`,
  archived: `a.status = 'archived'`,
  closed: `a.status = 'closed'`,
  all: '1'
}

/** Sort keys, greatest first: work by gravity, what is done by the time it was done, everything by the newest match. */
const orders: Record<QueueTab, readonly string[]> = {
  new: ['level_rank', 'last_seen', 'seq'],
  mine: ['level_rank', 'last_seen', 'seq'],
  waiting: ['level_rank', 'last_seen', 'seq'],
  escalated: ['level_rank', 'last_seen', 'seq'],
  archived: ['level_rank', 'last_seen', 'seq'],
  closed: ['closed_at', 'seq'],
  all: ['last_seen', 'seq']
}

/** SQL of a filter: its tables and conditions, the order of the pages, and the named parameters. */
export type FilterSql = {
  from: string
  where: string
  order: readonly string[]
  params: Record<string, string | number>
}

/** Builds the SQL of a filter. Its texts are a few hundred at most (each is prepared once); every value is a parameter. */
export function filterSql(filter: AlertFilter): FilterSql {
  const where = [tabs[filter.tab]]
  const params: Record<string, string | number> = {}
  let from = 'alerts a'
  if (filter.tab === 'mine') params['user'] = filter.userId
  if (filter.scope !== undefined) {
    where.push('a.unit IN (SELECT value FROM json_each(:units))')
    params['units'] = JSON.stringify([...filter.scope])
  }
  if (filter.rule) {
    where.push('a.rule_id = :rule')
    params['rule'] = filter.rule
  }
  if (filter.level) {
    where.push('a.level_rank = :level')
    params['level'] = levels.indexOf(filter.level)
  }
  if (filter.incident) {
    where.push('a.incident_id = :incident')
    params['incident'] = filter.incident
  }
  if (filter.entity) {
    // A whole number is found by nobody who may not see it.
    if (filter.masked === true && maskText(filter.entity) !== filter.entity) where.push('0')
    // A whole key, or whole values of it.
    where.push(`instr('|' || a.entity_key || '|', '|' || :entity || '|') > 0`)
    params['entity'] = filter.entity.slice(0, 2_048).toLowerCase()
  }
  const words = foldText((filter.q ?? '').slice(0, MAX_QUERY))
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS)
  if (words.length > 0) {
    // The texts are read in their own order, and only alerts whose text fits are looked up.
    from = 'alert_text t CROSS JOIN alerts a'
    where.push('a.seq = t.seq')
    // As many conditions whatever is asked: one text, and instr() of an empty word is true.
    for (let index = 0; index < MAX_WORDS; index++) {
      where.push(`instr(t.text, :word${index}) > 0`)
      params[`word${index}`] = words[index] ?? ''
      // Masking touches digits alone, so that other words need no second look.
      if (filter.masked === true && words.some((word) => /\d/.test(word)))
        where.push(`instr(mask_text(t.text), :word${index}) > 0`)
    }
  }
  // SQLite would rather look up the status, and sort: for these two a smaller index is in the right order already.
  else if (!filter.rule && !filter.incident) {
    if (filter.tab === 'escalated') from += ' INDEXED BY alerts_escalated'
    if (filter.tab === 'closed') from += ' INDEXED BY alerts_closed'
  }
  return { from, where: where.join(' AND '), order: orders[filter.tab], params }
}

/** True when the tab's count in scope is the whole answer. */
export function isPlain(filter: AlertFilter): boolean {
  return !filter.rule && !filter.level && !filter.incident && !filter.entity && foldText(filter.q ?? '') === ''
}

/** A place in a page's order as the client hands it back: base64url of the sort keys of the last row. */
export function encodeCursor(keys: readonly number[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

export function decodeCursor(cursor: string, length: number): number[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor.slice(0, 200), 'base64url').toString())
    if (Array.isArray(keys) && keys.length === length && keys.every((key) => Number.isSafeInteger(key))) {
      return keys as number[]
    }
  } catch {
    // Refused below: a cursor is ours or it is nothing.
  }
  return refuse(400, 'cursor.invalid', 'the cursor is not one of ours')
}

/** The statement that finds the places of one page, from an index alone where the filter allows it; `:limit` rows. */
export function placesText({ from, where, order }: FilterSql, after: boolean): string {
  const keys = order.map((key) => `a.${key}`).join(', ')
  const next = after ? ` AND (${keys}) < (${order.map((key) => `:${key}`).join(', ')})` : ''
  return `SELECT ${keys} FROM ${from} WHERE ${where}${next} ORDER BY ${order.map((key) => `a.${key} DESC`).join(', ')} LIMIT :limit`
}

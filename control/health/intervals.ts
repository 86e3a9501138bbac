import { healthStates, type Because, type HealthState } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'

/** The beginning of a state of a node; it lasts until the node's next entry. */
export type Entry = {
  from: number
  /** When the same state began: earlier than `from` when only the cause has changed. */
  since: number
  state: HealthState
  /** System that is the cause, when the cause is elsewhere. */
  root: string | null
  because: Because | null
}

export type StateMillis = Record<HealthState, number>

export const noMillis = (): StateMillis => ({ UP: 0, DEGRADED: 0, DOWN: 0, MAINTENANCE: 0, UNKNOWN: 0 })

/** Adds `more` to `sums`. */
export function addMillis(sums: StateMillis, more: StateMillis): StateMillis {
  for (const state of healthStates) sums[state] += more[state]
  return sums
}

/** Exact milliseconds per state in [from, to) over entries in order of time; before the first entry nothing is known. */
export function sumStates(entries: readonly Pick<Entry, 'from' | 'state'>[], from: number, to: number): StateMillis {
  const sums = noMillis()
  if (to <= from) return sums
  const first = entries[0]
  sums.UNKNOWN += Math.max(0, Math.min(to, first?.from ?? to) - from)
  entries.forEach((entry, place) => {
    const begin = Math.max(from, entry.from)
    const end = Math.min(to, entries[place + 1]?.from ?? to)
    if (end > begin) sums[entry.state] += end - begin
  })
  return sums
}

/** What a bar of the wall shows of a step in which several states were: what is worse, and what is not known over what is fine. */
const barOrder: readonly HealthState[] = ['DOWN', 'DEGRADED', 'UNKNOWN', 'MAINTENANCE', 'UP']

/** The worst state in each of `steps` equal parts of [from, to), oldest first. */
export function worstPerStep(
  entries: readonly Pick<Entry, 'from' | 'state'>[],
  from: number,
  to: number,
  steps: number
): HealthState[] {
  const length = (to - from) / steps
  return Array.from({ length: steps }, (_none, step) => {
    const sums = sumStates(entries, Math.floor(from + step * length), Math.floor(from + (step + 1) * length))
    return barOrder.find((state) => sums[state] > 0) ?? 'UNKNOWN'
  })
}

type Row = { from_at: number; since_at: number; state: HealthState; root: string | null; because: string | null }

const entryOf = (row: Row): Entry => ({
  from: row.from_at,
  since: row.since_at,
  state: row.state,
  root: row.root,
  because: row.because === null ? null : (JSON.parse(row.because) as Because)
})

/** The interval rows of one origin. Every statement reads the primary key. */
export type Intervals = ReturnType<typeof openIntervals>

export function openIntervals(control: Control, origin: Origin) {
  const columns = 'from_at, since_at, state, root, because'
  const atOrBefore = (node: string, at: number) =>
    control.get<Row>(
      `SELECT ${columns} FROM health_intervals WHERE origin = ? AND node = ? AND from_at <= ? ORDER BY from_at DESC LIMIT 1`,
      origin,
      node,
      at
    )
  return {
    /** Replaces everything of a node from `from` on. */
    replace(node: string, from: number, entries: readonly Entry[]) {
      control.sql('DELETE FROM health_intervals WHERE origin = ? AND node = ? AND from_at >= ?').run(origin, node, from)
      for (const entry of entries) {
        control
          .sql(`INSERT INTO health_intervals (origin, node, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
          .run(
            origin,
            node,
            entry.from,
            entry.since,
            entry.state,
            entry.root,
            entry.because === null ? null : JSON.stringify(entry.because)
          )
      }
    },
    /** The newest entry of a node. */
    last(node: string): Entry | undefined {
      const row = atOrBefore(node, Number.MAX_SAFE_INTEGER)
      return row === undefined ? undefined : entryOf(row)
    },
    /** Entries that are in force somewhere in [from, to), in order of time, without their reasons. */
    within(node: string, from: number, to: number): Pick<Entry, 'from' | 'state'>[] {
      const before = atOrBefore(node, from)
      const rows = control.all<Pick<Row, 'from_at' | 'state'>>(
        'SELECT from_at, state FROM health_intervals WHERE origin = ? AND node = ? AND from_at > ? AND from_at < ? ORDER BY from_at',
        origin,
        node,
        from,
        to
      )
      const all = before === undefined ? rows : [before, ...rows]
      return all.map((row) => ({ from: row.from_at, state: row.state }))
    },
    /** The newest entries of a node, newest first. */
    newest(node: string, limit: number): Entry[] {
      const rows = control.all<Row>(
        `SELECT ${columns} FROM health_intervals WHERE origin = ? AND node = ? ORDER BY from_at DESC LIMIT ${limit}`,
        origin,
        node
      )
      return rows.map(entryOf)
    },
    /** Nodes that have entries. */
    nodes(): string[] {
      // Steps from node to node over the key instead of reading every row.
      const next = 'SELECT MIN(node) AS node FROM health_intervals WHERE origin = ? AND node > ?'
      const found: string[] = []
      for (let node = ''; ;) {
        const row = control.single<{ node: string | null }>(next, origin, node)
        if (row.node === null) return found
        node = row.node
        found.push(node)
      }
    },
    forgetNode(node: string) {
      control.sql('DELETE FROM health_intervals WHERE origin = ? AND node = ?').run(origin, node)
    },
    /** Drops what ended before `at`; the entry in force at `at` stays. */
    forgetBefore(node: string, at: number) {
      const inForce = atOrBefore(node, at)
      if (inForce === undefined) return
      control
        .sql('DELETE FROM health_intervals WHERE origin = ? AND node = ? AND from_at < ?')
        .run(origin, node, inForce.from_at)
    }
  }
}

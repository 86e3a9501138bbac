import type { Because, HealthState } from '#core/health.ts'
import type { Entry } from './intervals.ts'
import { REWIND_MS } from './settings.ts'

/** One fact that states are made of, true from `at` on: a probe's outcome, the uplink, a maintenance window. */
export type Fact = { at: number; key: string; state: HealthState }

/** How a node is at one moment. */
export type Verdict = { state: HealthState; root: string | null }

/** Among the changed facts: judge every node. */
export const EVERYTHING = '*'

/** Makes states out of facts. Told which facts have changed; must judge the same for the same facts. */
export type Judge = {
  /** Every node whose state may depend on the changed facts. `since` gives when a node's state of before this moment began. */
  judge(
    facts: ReadonlyMap<string, HealthState>,
    changed: ReadonlySet<string>,
    since: (node: string) => number
  ): Iterable<readonly [node: string, verdict: Verdict]>
  /** Why a node is as it was just judged. */
  because(node: string, at: number, since: (node: string) => number): Because | null
}

/**
 * States over time, made of facts. A fact may come late (a failure counts from its first attempt, known only after the last):
 * then what was judged since is judged again, in order of time. So the entries of a node do not depend on the order in which
 * facts arrived, as long as none is later than the rewind horizon; an older one counts from the horizon.
 */
export type History = ReturnType<typeof createHistory>

export function createHistory(judge: Judge) {
  /** Facts as of the beginning of the journal, and now. */
  const base = new Map<string, HealthState>()
  let facts = new Map<string, HealthState>()
  /** Facts of the last REWIND_MS, in order of time; at most what probes can say in that time. */
  let journal: (Fact & { seq: number })[] = []
  let seq = 0
  let frontier = 0
  /** Nothing is judged again before this moment. */
  let floor = 0
  /** Newest entries per node: those a late fact can change, and the one before. */
  const tails = new Map<string, Entry[]>()

  const last = (node: string) => tails.get(node)?.at(-1)
  const since = (node: string) => last(node)?.since ?? frontier

  function judgeAt(at: number, changed: ReadonlySet<string>, dirty: Map<string, number>) {
    const turned: string[] = []
    for (const [node, verdict] of judge.judge(facts, changed, since)) {
      let tail = tails.get(node)
      if (tail === undefined) tails.set(node, (tail = []))
      if (!putVerdict(tail, at, verdict)) continue
      dirty.set(node, Math.min(dirty.get(node) ?? at, at))
      turned.push(node)
    }
    for (const node of turned) {
      const entry = last(node)
      if (entry?.from === at) entry.because = judge.because(node, at, since)
    }
  }

  function rewind(to: number, dirty: Map<string, number>) {
    facts = new Map(base)
    for (const fact of journal) if (fact.at < to) facts.set(fact.key, fact.state)
    for (const [node, tail] of tails) {
      // The first entry stays: a tail always keeps one that is older than what can be rewound.
      let removed: number | undefined
      while (tail.length > 1 && (tail.at(-1)?.from ?? 0) >= to) removed = tail.pop()?.from
      if (removed !== undefined) dirty.set(node, Math.min(dirty.get(node) ?? removed, removed))
    }
  }

  function prune(now: number) {
    const horizon = Math.max(floor, now - REWIND_MS)
    const place = journal.findIndex((fact) => fact.at >= horizon)
    const old = place === -1 ? journal : journal.slice(0, place)
    if (old.length === 0) return
    for (const fact of old) base.set(fact.key, fact.state)
    journal = place === -1 ? [] : journal.slice(place)
    for (const tail of tails.values()) {
      let drop = 0
      while (drop + 1 < tail.length && (tail[drop + 1]?.from ?? Infinity) < horizon) drop += 1
      if (drop > 0) tail.splice(0, drop)
    }
  }

  return {
    last,
    since,
    fact: (key: string) => facts.get(key),
    frontier: () => frontier,
    /** Takes facts that are true since their times. Answers from when on the entries of which nodes are new. */
    take(incoming: readonly Fact[], now: number): Map<string, number> {
      const dirty = new Map<string, number>()
      if (incoming.length === 0) return dirty
      const earliest = Math.max(floor, now - REWIND_MS)
      let first = Infinity
      for (const fact of incoming) {
        const at = Math.min(Math.max(fact.at, earliest), now)
        first = Math.min(first, at)
        journal.push({ ...fact, at, seq: seq++ })
      }
      journal.sort((a, b) => a.at - b.at || a.seq - b.seq)
      // What is already judged at the very moment is judged again with the new fact beside it.
      if (first <= frontier) rewind(first, dirty)
      let place = journal.findIndex((fact) => fact.at >= first)
      while (place !== -1 && place < journal.length) {
        const at = journal[place]?.at ?? now
        // What was judged at the floor itself stands for no fact of the journal.
        const changed = new Set<string>(at === floor ? [EVERYTHING] : [])
        for (; place < journal.length && journal[place]?.at === at; place += 1) {
          const fact = journal[place] as Fact
          facts.set(fact.key, fact.state)
          changed.add(fact.key)
        }
        judgeAt(at, changed, dirty)
        frontier = Math.max(frontier, at)
      }
      prune(now)
      return dirty
    },
    /**
     * From `at` on with these facts and these entries; nothing before can change any more. Every node is judged anew at `at`.
     * Used at the start, and when the catalogue changes.
     */
    begin(
      at: number,
      known: ReadonlyMap<string, HealthState>,
      entries?: ReadonlyMap<string, Entry>
    ): Map<string, number> {
      journal = []
      base.clear()
      for (const [key, state] of known) base.set(key, state)
      facts = new Map(base)
      if (entries !== undefined) {
        tails.clear()
        for (const [node, entry] of entries) tails.set(node, [{ ...entry }])
      } else {
        for (const [node, tail] of tails) tails.set(node, tail.slice(-1))
      }
      floor = at
      frontier = at
      const dirty = new Map<string, number>()
      judgeAt(at, new Set([EVERYTHING]), dirty)
      return dirty
    },
    facts: (): ReadonlyMap<string, HealthState> => facts,
    nodes: () => tails.keys(),
    forgetNode: (node: string) => tails.delete(node),
    forgetFact(key: string) {
      base.delete(key)
      facts.delete(key)
      journal = journal.filter((fact) => fact.key !== key)
    },
    /** Entries of a node from `from` on, as they are to be written. */
    entriesFrom: (node: string, from: number): readonly Entry[] =>
      (tails.get(node) ?? []).filter((entry) => entry.from >= from)
  }
}

/** Puts a verdict at the end of a node's `tail`, at `at`; true when it changes something. */
function putVerdict(tail: Entry[], at: number, verdict: Verdict): boolean {
  const before = tail.at(-1)
  if (before !== undefined && before.state === verdict.state && before.root === verdict.root) return false
  if (before?.from === at) tail.pop()
  const previous = tail.at(-1)
  // Back to the state before one that lasted no time: nothing happened.
  if (previous !== undefined && previous.state === verdict.state && previous.root === verdict.root) return true
  tail.push({
    from: at,
    since: previous?.state === verdict.state ? previous.since : at,
    state: verdict.state,
    root: verdict.root,
    because: null
  })
  return true
}

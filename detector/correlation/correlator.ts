import type { EcsEvent } from '#core/event.ts'
import type { SigmaEvent } from '../sigma/parse/types.ts'
import { defaultCeilings, type Ceilings, type CorrelationLimits } from './ceilings.ts'
import { EvidenceStore, type HeldEvidence, type SeenEvent, type Shelf } from './evidence.ts'
import { countedValue, groupKeyOf, type CorrelationPlan } from './plan.ts'
import { repeatsOf } from '../repeats.ts'
import { SlidingWindow, type Measure, type WindowEntry } from './window.ts'

/**
 * The condition of a correlation is true for a group: since when, and the greatest count of a window until now.
 * Event times in milliseconds. It ends with the next event in order for which the condition is not true.
 */
export type Episode = { open: boolean; since: number; first: number; last: number; count: number }

/** The events of one group of one rule. */
export type Group = {
  window: SlidingWindow
  /** The receive clock when its last event came. */
  lastArrival: number
  /** The latest time the condition was true; kept after it ended, for rules that come after. */
  episode: Episode | undefined
  shelf: Shelf
}

/**
 * A correlation is true for a group, and the newest events that made it so. `fresh`: of what is counted, that which no firing
 * before has reported; so the sum of all is what a plain recount finds, where the counts of windows overlap.
 */
export type Firing = { episode: Readonly<Episode>; evidence: HeldEvidence[]; fresh: number }

/** The groups of one rule, the one that was quiet longest first. */
type RuleState = { plan: CorrelationPlan; groups: Map<string, Group>; entries: number }

/**
 * Counts the events of correlation rules in sliding windows over event time. What it remembers depends on the spool
 * alone: the order of events and their receive times. There is no wall clock and no batch in it, so a replay, however
 * it is cut, repeats exactly.
 */
export class Correlator {
  readonly #ceilings: Ceilings
  readonly #evidence: EvidenceStore
  #states = new Map<CorrelationPlan, RuleState>()
  #clock = 0
  #groups = 0
  #entries = 0
  #evictedGroups = 0
  #evictedEntries = 0

  constructor(ceilings: Partial<Ceilings> = {}) {
    this.#ceilings = { ...defaultCeilings, ...ceilings }
    this.#evidence = new EvidenceStore(this.#ceilings.evidence)
  }

  /** Takes new plans; the windows of those that count the same as before are kept. */
  setPlans(plans: readonly CorrelationPlan[]): void {
    const before = new Map([...this.#states.values()].map((state) => [state.plan.key, state]))
    this.#states = new Map()
    for (const plan of plans) {
      const state = before.get(plan.key)
      before.delete(plan.key)
      this.#states.set(plan, state ? { ...state, plan } : { plan, groups: new Map(), entries: 0 })
    }
    for (const state of before.values()) {
      for (const key of [...state.groups.keys()]) this.#remove(state, key)
    }
  }

  /** Moves the receive clock; it never goes back, so a replayed frame of yesterday closes nothing and reopens nothing. */
  hear(receivedAt: number): void {
    if (receivedAt > this.#clock) this.#clock = receivedAt
  }

  /** Counts one event that rule `ruleId` is true for; says so when the correlation is true by it. */
  count(plan: CorrelationPlan, ruleId: string, seen: SeenEvent, sigma: SigmaEvent, time: number): Firing | undefined {
    const { event } = seen
    const state = this.#states.get(plan)!
    const key = groupKeyOf(plan, ruleId, event, sigma)
    const distinct = plan.values?.get(ruleId)
    const value = distinct && countedValue(distinct, event, sigma)
    if (key === undefined || (plan.values && value === undefined)) return undefined
    const group = this.#touch(state, key)
    this.#uncount(state, group.window.forget(this.#clock - plan.keepMs))
    if (group.window.size >= this.#ceilings.entriesPerGroup) {
      group.window.forgetOldest()
      this.#uncount(state, 1)
      this.#evictedEntries++
    }
    const { newest } = group.window
    const weight = repeatsOf(seen)
    const measured = group.window.add(time, this.#clock, value, plan.holds, weight)
    this.#uncount(state, -1)
    this.#evidence.hold(group.shelf, { seen, ruleId })
    if (!measured) {
      if (group.episode && time >= newest) group.episode.open = false
      return undefined
    }
    const episode = group.episode
    const fresh = this.#fresh(group, measured, { time, weight, distinct: value !== undefined })
    if (episode?.open) {
      episode.first = Math.min(episode.first, measured.first)
      episode.last = Math.max(episode.last, measured.last)
      episode.count = Math.max(episode.count, measured.count)
    } else group.episode = { open: true, since: measured.last, ...measured }
    return { episode: group.episode!, evidence: group.shelf.places.map((place) => place.held), fresh }
  }

  /** What this firing reports for the first time: while the condition holds the event itself, at its begin the window less what an earlier time of it has told. */
  #fresh(group: Group, measured: Measure, seen: { time: number; weight: number; distinct: boolean }): number {
    const { episode } = group
    if (seen.distinct) {
      const overlaps = episode && (episode.open || measured.first <= episode.last)
      return overlaps ? Math.max(0, measured.count - episode.count) : measured.count
    }
    if (!episode) return measured.count
    // An event that arrives late can complete a window beside those that were reported.
    const between = group.window.countBetween(measured.first, measured.last)
    const told = group.window.countBetween(
      Math.max(measured.first, episode.first),
      Math.min(measured.last, episode.last)
    )
    const within = seen.time >= episode.first && seen.time <= episode.last
    return between - told + (within ? seen.weight : 0)
  }

  /** What made a correlation true that an event at `time` follows within `withinMs`, for rules with `soc.after`. */
  followed(
    plan: CorrelationPlan,
    withinMs: number,
    ruleId: string,
    event: EcsEvent,
    sigma: SigmaEvent,
    time: number
  ): Firing | undefined {
    const key = groupKeyOf(plan, ruleId, event, sigma)
    const group = key === undefined ? undefined : this.#states.get(plan)!.groups.get(key)
    if (!group?.episode || this.#closed(plan, group)) return undefined
    if (time < group.episode.since || time > group.episode.last + withinMs) return undefined
    return { episode: group.episode, evidence: group.shelf.places.map((place) => place.held), fresh: 0 }
  }

  limits(): CorrelationLimits {
    return {
      ceilings: this.#ceilings,
      groups: this.#groups,
      entries: this.#entries,
      evidence: this.#evidence.size,
      evictedGroups: this.#evictedGroups,
      evictedEntries: this.#evictedEntries,
      evictedEvidence: this.#evidence.evicted
    }
  }

  /** The receive clock and everything that is not closed, for a checkpoint. */
  state(): { clock: number; rules: { key: string; groups: Map<string, Group> }[]; evidence: EvidenceStore } {
    this.#sweep()
    return {
      clock: this.#clock,
      rules: [...this.#states.values()].map(({ plan, groups }) => ({ key: plan.key, groups })),
      evidence: this.#evidence
    }
  }

  /** Starts again from a checkpoint; what belongs to rules that are no longer the same is left out. */
  resume(
    clock: number,
    rules: readonly { key: string; groups: readonly SavedGroup[] }[],
    held: readonly SavedEvidence[]
  ) {
    for (const state of this.#states.values()) for (const key of [...state.groups.keys()]) this.#remove(state, key)
    this.#clock = clock
    const byKey = new Map([...this.#states.values()].map((state) => [state.plan.key, state]))
    const restored = rules.map(({ key, groups }) => {
      const state = byKey.get(key)
      return state ? groups.map((group) => this.#resumeGroup(state, group)) : []
    })
    for (const { rule, group, evidence } of held) {
      const owner = restored[rule]?.[group]
      if (owner) this.#evidence.hold(owner.shelf, evidence)
    }
  }

  #resumeGroup(state: RuleState, saved: SavedGroup): Group {
    const group = this.#touch(state, saved.key)
    group.lastArrival = saved.lastArrival
    group.episode = saved.episode
    // Never more than this process allows itself, whatever the one before was allowed.
    const room = Math.min(this.#ceilings.entriesPerGroup, this.#ceilings.entries - this.#entries)
    const distinct = state.plan.values !== undefined
    const entries = saved.entries
      .slice(Math.max(0, saved.entries.length - room))
      .filter((entry) => (entry.value !== undefined) === distinct)
    group.window.resume(entries, saved.forgottenTo)
    this.#uncount(state, -entries.length)
    return group
  }

  /** The group, made when there is none, and the youngest of its rule from now on. */
  #touch(state: RuleState, key: string): Group {
    let group = state.groups.get(key)
    if (group && this.#closed(state.plan, group)) {
      this.#remove(state, key)
      group = undefined
    }
    if (group) state.groups.delete(key)
    else this.#groups++
    group ??= {
      window: new SlidingWindow(state.plan.rule.timespanMs, state.plan.values !== undefined),
      lastArrival: this.#clock,
      episode: undefined,
      shelf: { places: [] }
    }
    group.lastArrival = this.#clock
    state.groups.set(key, group)
    this.#makeRoom(state, group)
    return group
  }

  #closed(plan: CorrelationPlan, group: Group): boolean {
    return group.lastArrival + plan.keepMs < this.#clock
  }

  /** At a ceiling: drops what is closed, then the groups quiet longest of the rule that holds the most. */
  #makeRoom(own: RuleState, keep: Group): void {
    const { groups, entries } = this.#ceilings
    if (this.#groups <= groups && this.#entries < entries) return
    this.#sweep()
    if (this.#groups > groups) this.#evict((state) => state.groups.size, keep, Math.max(1, groups >> 6))
    while (this.#entries >= entries) {
      if (this.#evict((state) => state.entries, keep, 1) > 0) continue
      keep.window.forgetOldest()
      this.#uncount(own, 1)
      this.#evictedEntries++
    }
  }

  /** Several at once: the first live group of a Map stands behind all the deleted ones, and looking for it costs time. */
  #evict(weigh: (state: RuleState) => number, keep: Group, most: number): number {
    let heaviest: RuleState | undefined
    for (const state of this.#states.values()) if (!heaviest || weigh(state) > weigh(heaviest)) heaviest = state
    let evicted = 0
    for (const [key, group] of heaviest!.groups) {
      if (evicted >= most) break
      if (group === keep) continue
      this.#remove(heaviest!, key)
      evicted++
    }
    this.#evictedGroups += evicted
    return evicted
  }

  /** Drops the closed groups; those quiet longest stand first, so it ends at the first that is open. */
  #sweep(): void {
    for (const state of this.#states.values()) {
      for (const [key, group] of state.groups) {
        if (!this.#closed(state.plan, group)) break
        this.#remove(state, key)
      }
    }
  }

  #remove(state: RuleState, key: string): void {
    const group = state.groups.get(key)!
    state.groups.delete(key)
    this.#groups--
    this.#uncount(state, group.window.size)
    this.#evidence.release(group.shelf)
  }

  #uncount(state: RuleState, entries: number): void {
    state.entries -= entries
    this.#entries -= entries
  }
}

/** A group and an event of a checkpoint; evidence names its group by the places of rule and group in their lists. */
export type SavedGroup = {
  key: string
  lastArrival: number
  episode: Episode | undefined
  entries: WindowEntry[]
  forgottenTo: number
}
export type SavedEvidence = { rule: number; group: number; evidence: HeldEvidence }

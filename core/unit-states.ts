import type { Bilingual } from './match.ts'

/*
 * How a unit stands, once for every screen, report and badge (docs/posture.md, "States of a unit"). Two questions that are
 * never mixed: do its own sources send, and is something open there. Numbers of units are always numbers of one of the two.
 */

/** Whether a unit's own sources send. Every unit has exactly one of these, so their counts add up to all units. */
export const unitFeeds = ['sending', 'silent', 'paused', 'none'] as const
export type UnitFeed = (typeof unitFeeds)[number]

/** What a unit's tile shows: trouble first, else its feed (`quiet`: it sends, and nothing is open). Worst first. */
export const unitStates = ['incident', 'watch', 'silent', 'paused', 'none', 'quiet'] as const
export type UnitState = (typeof unitStates)[number]

/** A source of a unit as its feed is judged. */
export type FeedSource = {
  enabled: boolean
  /** Newest event that was read of it; null when there never was one. */
  lastAt: number | null
}

/**
 * The feed of a unit from its own sources: `none` when none of them ever sent, `paused` when all that did are switched off,
 * `silent` when one that is on sent once and has stopped for longer than `silentAfterMs`.
 */
export function feedOf(sources: readonly FeedSource[], at: number, silentAfterMs: number): UnitFeed {
  const heard = sources.filter((source) => source.lastAt !== null)
  if (heard.length === 0) return 'none'
  const on = heard.filter((source) => source.enabled)
  if (on.length === 0) return 'paused'
  return on.some((source) => at - (source.lastAt ?? 0) > silentAfterMs) ? 'silent' : 'sending'
}

/** The state of a unit by itself, without what lies below it. `alerts` are open ones above informational. */
export function stateOf(unit: { incidents: number; alerts: number; overdueTasks: number; feed: UnitFeed }): UnitState {
  if (unit.incidents > 0) return 'incident'
  if (unit.alerts > 0 || unit.overdueTasks > 0) return 'watch'
  return unit.feed === 'sending' ? 'quiet' : unit.feed
}

/** The one word for each feed. */
export const unitFeedWords: Readonly<Record<UnitFeed, Bilingual>> = {
  sending: { vi: 'đang gửi', en: 'sending' },
  silent: { vi: 'im lặng', en: 'silent' },
  paused: { vi: 'tạm dừng', en: 'paused' },
  none: { vi: 'chưa nối', en: 'not connected' }
}

/** The one word for each state; silent, paused and not connected are called as the feed is. */
export const unitStateWords: Readonly<Record<UnitState, Bilingual>> = {
  incident: { vi: 'có sự cố', en: 'incident' },
  watch: { vi: 'cần theo dõi', en: 'to watch' },
  quiet: { vi: 'bình thường', en: 'normal' },
  silent: unitFeedWords.silent,
  paused: unitFeedWords.paused,
  none: unitFeedWords.none
}

/**
 * Numbers of units as every screen prints them: trouble of all units, feeds of those under watch, which add up to `watched`.
 */
export type UnitCounts = { incident: number; watch: number; watched: number } & Record<UnitFeed, number>

/** Counts units by trouble and by feed. A unit not under watch has no feed that anybody counts. */
export function countUnits(units: readonly { state: UnitState; feed: UnitFeed; watched: boolean }[]): UnitCounts {
  const watched = units.filter((unit) => unit.watched)
  const having = (state: UnitState) => units.filter((unit) => unit.state === state).length
  return { incident: having('incident'), watch: having('watch'), watched: watched.length, ...countFeeds(watched) }
}

/** Units of each feed; the four numbers add up to all of them. */
export function countFeeds(units: readonly { feed: UnitFeed }[]): Record<UnitFeed, number> {
  const counts: Record<UnitFeed, number> = { sending: 0, silent: 0, paused: 0, none: 0 }
  for (const { feed } of units) counts[feed] += 1
  return counts
}

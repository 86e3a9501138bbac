import type { Because } from '#core/health.ts'
import type { Bilingual } from '#core/match.ts'
import { ICT_OFFSET_MS, ictDay } from '#core/time.ts'
import type { Graph } from './graph.ts'
import type { Cause, Judged } from './graph-state.ts'

/** 14:05 in Huế; with the day (23/11) when it is not the day of `seenAt`. */
export function shownMoment(ms: number, seenAt: number): string {
  const local = new Date(ms + ICT_OFFSET_MS).toISOString()
  const time = local.slice(11, 16)
  return ictDay(ms) === ictDay(seenAt) ? time : `${time} ${local.slice(8, 10)}/${local.slice(5, 7)}`
}

const byState: Record<'DOWN' | 'DEGRADED' | 'MAINTENANCE', Bilingual> = {
  DOWN: { vi: 'ngừng', en: 'has been down' },
  DEGRADED: { vi: 'suy giảm', en: 'has been degraded' },
  MAINTENANCE: { vi: 'bảo trì', en: 'has been in maintenance' }
}

/** The way from the cause to a node, cause first; empty when the cause is the node itself. */
export function wayTo(cause: Cause | null, judged: ReadonlyMap<string, Judged>): string[] {
  const way: string[] = []
  for (let step = cause; step?.kind === 'edge' && !way.includes(step.to); step = judged.get(step.to)?.cause ?? null) {
    way.unshift(step.to)
  }
  return way
}

/** "do Hue-S ngừng từ 14:05, qua Ví điện tử Hue-S": names, never ids. */
export function becauseOfWay(
  graph: Graph,
  verdict: Judged,
  judged: ReadonlyMap<string, Judged>,
  since: (node: string) => number,
  seenAt: number
): Because | null {
  if (verdict.cause?.kind === 'group') {
    const { down, all } = verdict.cause.lost
    return ownBecause(`mất ${down}/${all} thành phần`, `${down} of ${all} members lost`)
  }
  if (verdict.cause?.kind !== 'edge') return null
  const way = wayTo(verdict.cause, judged)
  const [root, ...between] = way
  if (root === undefined) return null
  const state = judged.get(root)?.state
  const words = byState[state === 'DEGRADED' || state === 'MAINTENANCE' ? state : 'DOWN']
  const moment = shownMoment(since(`system:${root}`), seenAt)
  const names = between.map((system) => graph.name(system)).join(', ')
  const cause = judged.get(root)?.cause
  const lost = cause?.kind === 'group' ? cause.lost : verdict.cause.lost
  const share = lost === null || lost.down === 0 ? undefined : `${lost.down}/${lost.all}`
  return {
    text: {
      vi: `do ${graph.name(root)} ${words.vi} từ ${moment}${share === undefined ? '' : ` (mất ${share})`}${names === '' ? '' : `, qua ${names}`}`,
      en: `because ${graph.name(root)} ${words.en} since ${moment}${share === undefined ? '' : ` (${share} lost)`}${names === '' ? '' : `, through ${names}`}`
    },
    root,
    via: way,
    edge: verdict.cause.edge
  }
}

/** A reason that lies in the node itself. */
export const ownBecause = (vi: string, en: string): Because => ({ text: { vi, en }, root: null, via: [], edge: null })

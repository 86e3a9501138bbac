import type { Because } from '#core/health.ts'
import type { Bilingual } from '#core/match.ts'
import { ICT_OFFSET_MS, ictDay } from '#core/time.ts'
import { fillWords } from '#core/words.ts'
import type { Graph } from './graph.ts'
import { words } from './words.ts'
import type { Cause, Judged } from './graph-state.ts'

/** 14:05 in Huế; with the day (23/11) when it is not the day of `seenAt`. */
export function shownMoment(ms: number, seenAt: number): string {
  const local = new Date(ms + ICT_OFFSET_MS).toISOString()
  const time = local.slice(11, 16)
  return ictDay(ms) === ictDay(seenAt) ? time : `${time} ${local.slice(8, 10)}/${local.slice(5, 7)}`
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
    return ownBecause(fillWords(words.own.membersLost, { down, all }))
  }
  if (verdict.cause?.kind !== 'edge') return null
  const way = wayTo(verdict.cause, judged)
  const [root, ...between] = way
  if (root === undefined) return null
  const state = judged.get(root)?.state
  const because = words.because[state === 'DEGRADED' || state === 'MAINTENANCE' ? state : 'DOWN']
  const names = between.map((system) => graph.name(system)).join(', ')
  const cause = judged.get(root)?.cause
  const lost = cause?.kind === 'group' ? cause.lost : verdict.cause.lost
  const share = lost === null || lost.down === 0 ? undefined : `${lost.down}/${lost.all}`
  return {
    text: fillWords(because, {
      root: graph.name(root),
      moment: shownMoment(since(`system:${root}`), seenAt),
      lost: share === undefined ? '' : fillWords(words.because.lost, { share }),
      way: names === '' ? '' : fillWords(words.because.way, { names })
    }),
    root,
    via: way,
    edge: verdict.cause.edge
  }
}

/** A reason that lies in the node itself. */
export const ownBecause = (text: Bilingual): Because => ({ text, root: null, via: [], edge: null })

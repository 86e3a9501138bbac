import type { Wall } from '#core/api/health.ts'
import type { HealthState } from '#core/health.ts'
import type { Sign } from '../kit/StateSign.svelte'

export type ModelState = Wall['models'][number]['state']

/** Worst first, then what we do not know, then what is well, then what is outside every figure. */
export const modelStates = [
  'DOWN',
  'DEGRADED',
  'MAINTENANCE',
  'UNKNOWN',
  'UP',
  'PLANNED',
  'UNDESCRIBED'
] as const satisfies readonly ModelState[]

/** The order of the counts above the wall, as people read them out. */
export const countedStates = [
  'UP',
  'DEGRADED',
  'DOWN',
  'MAINTENANCE',
  'UNKNOWN',
  'PLANNED',
  'UNDESCRIBED'
] as const satisfies readonly ModelState[]

export const healthSigns = {
  UP: 'up',
  DEGRADED: 'degraded',
  DOWN: 'down',
  MAINTENANCE: 'maintenance',
  UNKNOWN: 'unknown',
  PLANNED: 'planned',
  UNDESCRIBED: 'undescribed'
} as const satisfies Record<ModelState, Sign>

/** Height of a bar out of ten: taller is worse, so that a strip can be read without colours; unknown is a hollow stub. */
export const barHeights: Record<HealthState, number> = { UP: 6, DEGRADED: 8, DOWN: 10, MAINTENANCE: 4, UNKNOWN: 2 }

/** The state of a stretch in which several were seen: the worst that lasted at all; unknown only when nothing else did. */
export function worstOf(ms: Readonly<Record<HealthState, number>>): HealthState {
  for (const state of ['DOWN', 'DEGRADED', 'MAINTENANCE', 'UP'] as const) if ((ms[state] ?? 0) > 0) return state
  return 'UNKNOWN'
}

/** One path per state for a strip of bars in a box of `width` × 10: thirty bars cost five elements. */
export function barPaths(bars: readonly HealthState[], width: number): { state: HealthState; d: string }[] {
  const step = width / Math.max(1, bars.length)
  const thick = Math.max(1, step - Math.min(1.2, step * 0.35))
  const paths = new Map<HealthState, string>()
  for (const [index, state] of bars.entries()) {
    const height = barHeights[state]
    const bar = `M${(index * step).toFixed(2)} ${10 - height}h${thick.toFixed(2)}v${height}h-${thick.toFixed(2)}z`
    paths.set(state, (paths.get(state) ?? '') + bar)
  }
  return [...paths].map(([state, d]) => ({ state, d }))
}

/** Names longer than this have a shorter one said instead, where they carry it. */
const LONG_NAME = 24

/** "Nền tảng tích hợp, chia sẻ dữ liệu quốc gia (NDXP)" is NDXP to those who work with it. */
export function shortSystemName(name: string): string {
  if (name.length <= LONG_NAME) return name
  return /\(([A-ZĐ][A-Z0-9Đ-]{1,11})\)$/.exec(name)?.[1] ?? name
}

/** The short name of the root that a state comes from, when the wall knows it; else null. */
export function rootName(because: { root: string | null } | null, wall: Pick<Wall, 'outages'>): string | null {
  if (because === null || because.root === null) return null
  const root = wall.outages.find((outage) => outage.system === because.root)
  return root === undefined ? null : shortSystemName(root.name)
}

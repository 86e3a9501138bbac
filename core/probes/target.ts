import type { Bilingual } from '../match.ts'
import { probeKinds } from './index.ts'
import type { OutcomeWords, ProbeFields, ProbeKindOf, TargetOf } from './kind.ts'

type Kinds = typeof probeKinds
export type ProbeKind = keyof Kinds
/** Kinds that are asked for: each has a run in collector/probes/. */
export type AskedKind = { [Kind in ProbeKind]: Kinds[Kind]['asked'] extends true ? Kind : never }[ProbeKind]

type Target<Kind> = Kind extends ProbeKindOf<infer Name, infer Fields> ? TargetOf<Name, Fields> : never

/** What a probe of one kind asks. Every text is bounded where it is taken in. */
export type TargetOfKind<Kind extends ProbeKind> = Target<Kinds[Kind]>
/** What is asked, per kind. */
export type ProbeTarget = { [Kind in ProbeKind]: TargetOfKind<Kind> }[ProbeKind]

/** A kind whose fields nobody needs to know exactly: what the table looks like to whoever goes through it. */
export type AnyProbeKind = ProbeKindOf<ProbeKind, ProbeFields>

export const probeKindNames = Object.keys(probeKinds) as ProbeKind[]

/** The kind of this name. */
export const kindNamed = (name: ProbeKind): AnyProbeKind => probeKinds[name] as unknown as AnyProbeKind

/** Kind and target belong together by `kind`, which the compiler cannot see. */
const pair = (target: ProbeTarget) => [kindNamed(target.kind), target as never] as const

/** Machines that this target asks. */
export function hostsOf(target: ProbeTarget): string[] {
  const [kind, own] = pair(target)
  return kind.hosts(own)
}

/** The place that this target asks, as the audit log keeps it; '' for what is not asked. */
export function placeOf(target: ProbeTarget): string {
  const [kind, own] = pair(target)
  return kind.place(own)
}

/** Where a probe points, in one line: for lists and titles. */
export function summaryOf(target: ProbeTarget): string {
  const [kind, own] = pair(target)
  return (kind.summary ?? kind.place)(own)
}

const wordsOfAll = (words: (kind: AnyProbeKind) => OutcomeWords): OutcomeWords =>
  Object.assign({}, ...probeKindNames.map((name) => words(kindNamed(name)))) as OutcomeWords

/** What results say, of all kinds together: one kind may end with a code of another (`tcp.refused` of a page). */
export const outcomesOfKinds = wordsOfAll((kind) => kind.outcomes)
const reasonsOfKinds = wordsOfAll((kind) => kind.reasons)

/** The words of a code, else those of its nearest family; undefined when nobody described it. */
export function wordsOfOutcome(words: OutcomeWords, code: string): Bilingual | undefined {
  for (let key = code; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf('.')))) {
    if (Object.hasOwn(words, key)) return words[key]
  }
  return undefined
}

/** Why a state is as it is, in the words of the kind that the code belongs to; undefined for codes of no kind. */
export function reasonOfKinds(code: string, detail: string): Bilingual | undefined {
  for (const name of probeKindNames) {
    const exact = kindNamed(name).reason?.(code, detail)
    if (exact !== undefined) return exact
  }
  return wordsOfOutcome(reasonsOfKinds, code)
}

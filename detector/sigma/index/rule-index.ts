import { searchPieces, type Candidates, type PieceSearch } from './automaton.ts'
import { casefold, isAscii } from '../compare/casefold.ts'
import { ABSENT, baseOf, elementsOf, LIST, TEXT, type FieldValues } from '../events/field-values.ts'
import type { Need } from './needs.ts'
import { canonicalNumber } from '../compare/values.ts'

/** What to look for in one field, and the rules that each find calls up. */
type Probe = {
  slot: number
  exact: Map<string, number[]> | undefined
  /** Characters of the longest exact text: longer values need not be hashed. */
  longest: number
  /** Some exact needs are numbers: other spellings of a number are looked up too. */
  numeric: boolean
  bases: Map<string, number[]> | undefined
  pieces: PieceSearch | undefined
  foreign: number[] | undefined
  present: number[] | undefined
}

/** Pieces while they are gathered. */
type Draft = Probe & { gathered: Map<string, number[]> }

/**
 * The index of the rules of one log source: for an event it names the few rules that could be true, and never misses one.
 */
export class RuleIndex {
  readonly #probes: Probe[]
  readonly #keywords: Probe | undefined
  /** Rules about which nothing is known beforehand; every event meets them. */
  readonly #open: number[] = []

  constructor(rules: readonly { rule: number; needs: readonly Need[] | undefined }[], values: FieldValues) {
    const drafts = new Map<string, Draft>()
    for (const { rule, needs } of rules) {
      if (!needs) this.#open.push(rule)
      for (const need of needs ?? []) addNeed(draftFor(drafts, need.field, values), need, rule)
    }
    const probes = [...drafts].map(([field, draft]): [string, Probe] => {
      const { gathered, ...probe } = draft
      return [field, { ...probe, pieces: gathered.size > 0 ? searchPieces(gathered) : undefined }]
    })
    this.#probes = probes.filter(([field]) => field !== '').map(([, probe]) => probe)
    this.#keywords = probes.find(([field]) => field === '')?.[1]
  }

  /** Bytes of the tables. */
  get bytes(): number {
    return [...this.#probes, this.#keywords].reduce((sum, probe) => sum + (probe?.pieces?.bytes ?? 0), 0)
  }

  /** Adds every rule that the open event could make true, and some that it will not. */
  collect(values: FieldValues, candidates: Candidates): void {
    candidates.addAll(this.#open)
    const probes = this.#probes
    for (let index = 0; index < probes.length; index++) {
      const probe = probes[index]!
      const kind = values.kind(probe.slot)
      if (kind === ABSENT) continue
      if (probe.present !== undefined) candidates.addAll(probe.present)
      if (kind === TEXT) {
        const base = probe.bases === undefined ? '' : values.base(probe.slot)
        look(probe, values.folded(probe.slot), base, candidates)
        if (probe.foreign !== undefined && !values.ascii(probe.slot)) candidates.addAll(probe.foreign)
      } else if (kind === LIST) {
        for (const element of elementsOf(values.raw(probe.slot) as unknown[])) {
          if (element === null) continue
          const folded = casefold(String(element))
          look(probe, folded, baseOf(folded), candidates)
          if (probe.foreign !== undefined && !isAscii(String(element))) candidates.addAll(probe.foreign)
        }
      }
    }
    if (this.#keywords !== undefined) collectKeywords(this.#keywords, values, candidates)
  }
}

function look(probe: Probe, folded: string, base: string, candidates: Candidates): void {
  const { exact, bases, pieces } = probe
  if (exact !== undefined && folded.length <= probe.longest) {
    const rules = exact.get(folded)
    if (rules !== undefined) candidates.addAll(rules)
    if (probe.numeric) {
      const canonical = canonicalNumber(folded)
      const others = canonical === undefined || canonical === folded ? undefined : exact.get(canonical)
      if (others !== undefined) candidates.addAll(others)
    }
  }
  if (bases !== undefined) {
    const rules = bases.get(base)
    if (rules !== undefined) candidates.addAll(rules)
  }
  if (pieces !== undefined) pieces.scan(folded, candidates)
}

function collectKeywords(probe: Probe, values: FieldValues, candidates: Candidates): void {
  const joined = values.joinedKeywords()
  if (probe.pieces !== undefined) probe.pieces.scan(joined, candidates)
  if (probe.foreign !== undefined && !isAscii(joined)) candidates.addAll(probe.foreign)
}

function draftFor(drafts: Map<string, Draft>, field: string, values: FieldValues): Draft {
  const known = drafts.get(field)
  if (known) return known
  const draft: Draft = {
    slot: field === '' ? -1 : values.slot(field),
    exact: undefined,
    longest: 0,
    numeric: false,
    bases: undefined,
    pieces: undefined,
    foreign: undefined,
    present: undefined,
    gathered: new Map()
  }
  drafts.set(field, draft)
  return draft
}

function addNeed(draft: Draft, need: Need, rule: number): void {
  const push = (map: Map<string, number[]>, text: string) => {
    const rules = map.get(text)
    if (!rules) map.set(text, [rule])
    else if (rules.at(-1) !== rule) rules.push(rule)
  }
  switch (need.how) {
    case 'exact':
      push((draft.exact ??= new Map()), need.text)
      // Other spellings of a number (leading zeros, decimals) have at most 40 characters.
      draft.longest = Math.max(draft.longest, need.text.length, 40)
      if (canonicalNumber(need.text) === need.text) draft.numeric = true
      break
    case 'base':
      push((draft.bases ??= new Map()), need.text)
      break
    case 'piece':
      push(draft.gathered, need.text)
      break
    case 'foreign':
      if ((draft.foreign ??= []).at(-1) !== rule) draft.foreign.push(rule)
      break
    case 'present':
      if ((draft.present ??= []).at(-1) !== rule) draft.present.push(rule)
  }
}

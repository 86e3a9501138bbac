import type { Bilingual } from '#core/match.ts'

/** Kinds of incident as Vietnamese reports name them; plain, so that they cross to a thread. */
export type KindTable = {
  byRule: Readonly<Record<string, Bilingual>>
  /** The first line counts that a tag of the rule begins with. */
  byTag: readonly { tag: string; kind: Bilingual }[]
  otherwise: Bilingual
}

/** What kind of incident a rule's alert makes. */
export function kindOf(kinds: KindTable, ruleId: string, tags: readonly string[]): Bilingual {
  if (Object.hasOwn(kinds.byRule, ruleId)) return kinds.byRule[ruleId]!
  // Packs write tactics with underscores or hyphens.
  const plain = tags.map((tag) => tag.toLowerCase().replaceAll('_', '-'))
  return kinds.byTag.find((line) => plain.some((tag) => tag.startsWith(line.tag)))?.kind ?? kinds.otherwise
}

import type { Verdict } from '#core/api.ts'

/** Verdicts in the order of the keys 1–5. */
export const verdictKeys = [
  'true_positive',
  'benign',
  'false_positive',
  'duplicate',
  'test'
] as const satisfies readonly Verdict[]

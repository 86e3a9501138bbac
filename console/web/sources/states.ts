import type { SourceRow } from '#core/api/sources.ts'

/** The sign of a source's state: silent and never-heard are grey questions, never ticks. */
export const sourceSigns = {
  receiving: 'up',
  silent: 'unknown',
  never: 'unknown',
  off: 'planned'
} as const satisfies Record<SourceRow['state'], string>

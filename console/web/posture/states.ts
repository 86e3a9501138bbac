/** Signs of the states of a unit over a period. */
export const postureSigns = {
  quiet: 'up',
  watch: 'degraded',
  incident: 'down',
  silent: 'unknown',
  paused: 'maintenance',
  none: 'planned'
} as const

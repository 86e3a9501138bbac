/** Where bytes came from. Set by the listener, never by content; each origin has its own day files and indices. */
export const origins = ['real', 'demonstration', 'canary'] as const
export type Origin = (typeof origins)[number]

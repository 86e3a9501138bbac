/** Which units of a period are asked for; `silent`: without any evidence. */
export const unitShows = ['all', 'risk', 'incident', 'watch', 'overdue', 'silent'] as const
export type UnitShow = (typeof unitShows)[number]

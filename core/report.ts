/** What a report tells of: a day, a week or a month of the province, or a week of one unit. */
export const reportKinds = ['daily', 'weekly', 'monthly', 'unit_weekly'] as const
export type ReportKind = (typeof reportKinds)[number]

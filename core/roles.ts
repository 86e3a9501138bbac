/** Roles of people; what each may do is decided in control/rights/permissions.ts, deny by default. */
export const roles = ['admin', 'analyst', 'owner', 'leader', 'auditor'] as const
export type Role = (typeof roles)[number]

/** Shapes of the console's API, one definition for server (validation, OpenAPI) and browser (types). */
export * from './api/common.ts'
export * from './api/alerts.ts'
export * from './api/people.ts'
export * from './api/province.ts'
export * from './api/sources.ts'
export * from './api/health.ts'
export * from './api/posture.ts'

import { Type } from 'typebox'
import { oneOf, Id, limitOf, text } from './common.ts'
import type { Routes } from './routes.ts'
import { RuleDetail, RuleList } from './sources.ts'

const RuleQuery = Type.Object({
  q: text(),
  state: Type.Optional(oneOf(['live', 'off', 'broken'] as const)),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
  limit: limitOf(100, 500)
})

/** The rules as the detector loaded them, the broken ones with their reason. */
export const rulesApi = {
  'GET /api/rules': { who: 'rules.read', about: 'Rules', query: RuleQuery, answer: RuleList },
  'GET /api/rules/:id': { who: 'rules.read', about: 'One rule with its text', params: Id, answer: RuleDetail }
} satisfies Routes

import { Type, type Static } from 'typebox'
import { File, limitOf, text } from './common.ts'
import { AuditEntry } from './people.ts'
import type { Routes } from './routes.ts'

const Moment = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const filter = {
  user: text(100),
  /** An act, or the first words of its name. */
  act: text(100),
  target: text(400),
  from: Moment,
  /** Not included. */
  to: Moment
}
const AuditQuery = Type.Object({
  ...filter,
  /** Cursor of the page before. */
  before: Moment,
  limit: limitOf(100, 500)
})
const AuditExportQuery = Type.Object({ ...filter, format: Type.Enum(['csv', 'jsonl']) })
/** Which entries: absent and empty fields ask for all. */
export type AuditFilter = Omit<Static<typeof AuditExportQuery>, 'format'>
export const AuditList = Type.Object({
  entries: Type.Array(AuditEntry),
  cursor: Type.Union([Type.String(), Type.Null()]),
  /** Every act that was ever written, for the choice on the screen. */
  acts: Type.Array(Type.String()),
  /** User names of the accounts that entries aim at, by id: an id says nothing to a reader. */
  names: Type.Record(Type.String(), Type.String())
})
export type AuditList = Static<typeof AuditList>

/** The log of acts, newest first, and its export. */
export const auditApi = {
  'GET /api/audit': {
    who: 'audit.read',
    about: 'Audit log',
    note: 'Give its `cursor` as the next `before`.',
    query: AuditQuery,
    answer: AuditList
  },
  'GET /api/audit/export': {
    who: 'audit.read',
    about: 'Audit log as CSV or JSON lines; the last line carries the SHA-256 of what is above it',
    query: AuditExportQuery,
    answer: File
  }
} satisfies Routes

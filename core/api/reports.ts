import { Type, type Static } from 'typebox'
import { reportKinds } from '../report.ts'
import { Millis, Origin, UnitRef, oneOf, Id, limitOf, Nothing, text, File } from './common.ts'
import { Period } from './posture.ts'
import type { Routes } from './routes.ts'

const maybe = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Line = Type.String({ maxLength: 200 })

/** What an agency prints on every report (NĐ 30/2020). */
export const ReportForm = Type.Object({
  /** Governing body, printed in capitals, not bold. */
  governing: Line,
  /** Issuing body, capitals, bold. */
  issuing: Line,
  /** Letters after "BC-" in the number. */
  abbreviation: Type.String({ maxLength: 30 }),
  place: Line,
  /** "Kính gửi:"; empty for reports that go to no one above. */
  to: Type.Array(Line, { maxItems: 10 }),
  /** "Nơi nhận:" lines before the archive line. */
  recipients: Type.Array(Line, { maxItems: 20 }),
  /** "TL. GIÁM ĐỐC" or ''. */
  authority: Line,
  signerTitle: Line,
  signerName: Line,
  /** Prints "LƯU HÀNH NỘI BỘ" in a box. */
  internal: Type.Boolean(),
  /** Degree of secrecy, put in by hand: the platform never classifies state secrets. */
  secrecy: Type.String({ maxLength: 40 })
})
export type ReportForm = Static<typeof ReportForm>

export const ReportSettings = Type.Object({
  form: ReportForm,
  /** Day of the month on which a reporting month begins: 1 for calendar months, 15 for 15/10–14/11. */
  monthDay: Type.Integer({ minimum: 1, maximum: 28 }),
  /** Hour of Asia/Ho_Chi_Minh at which scheduled reports are made. */
  hour: Type.Integer({ minimum: 0, maximum: 23 }),
  daily: Type.Boolean(),
  weekly: Type.Boolean(),
  monthly: Type.Boolean()
})
export type ReportSettings = Static<typeof ReportSettings>

export const ReportRow = Type.Object({
  id: Type.String(),
  kind: Type.Enum([...reportKinds]),
  period: Period,
  unit: maybe(UnitRef),
  origin: Origin,
  version: Type.Number(),
  /** The period had not ended when it was made. */
  draft: Type.Boolean(),
  reason: Type.String(),
  madeAt: Millis,
  madeBy: Type.String(),
  figuresHash: Type.String(),
  pdf: Type.Object({ hash: Type.String(), bytes: Type.Number() }),
  docx: Type.Object({ hash: Type.String(), bytes: Type.Number() })
})
export type ReportRow = Static<typeof ReportRow>
export const ReportList = Type.Object({ reports: Type.Array(ReportRow), cursor: maybe(Type.String()) })
export type ReportList = Static<typeof ReportList>

export const NewReport = Type.Object({
  kind: Type.Enum([...reportKinds]),
  period: Period,
  /** Unit of a `unit_weekly` report; '' for the province. */
  unit: Type.String({ maxLength: 50 }),
  /** Why a finished period is reported again; without it the archived report is given. */
  reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 }))
})
export type NewReport = Static<typeof NewReport>

/** A report on its way. */
export const ReportJob = Type.Object({
  id: Type.String(),
  /** `queued`, a step of the figures, `text`, `pages`, `archive`, `done` or `failed`. */
  step: Type.String(),
  share: Type.Number(),
  report: maybe(ReportRow),
  /** Code of the refusal. */
  error: maybe(Type.String())
})
export type ReportJob = Static<typeof ReportJob>

export const ReportSubscriber = Type.Object({
  id: Type.String(),
  kind: Type.Enum([...reportKinds]),
  unit: maybe(UnitRef),
  userId: maybe(Type.String()),
  address: Type.String(),
  name: Type.String()
})
export type ReportSubscriber = Static<typeof ReportSubscriber>
export const NewSubscriber = Type.Object({
  kind: Type.Enum([...reportKinds]),
  unit: Type.String({ maxLength: 50 }),
  userId: maybe(Type.String({ maxLength: 100 })),
  /** E-mail address, when it is no account. */
  address: Type.String({ maxLength: 200 }),
  name: Type.String({ minLength: 1, maxLength: 200 })
})
export type NewSubscriber = Static<typeof NewSubscriber>

const ReportQuery = Type.Object({ kind: Type.Optional(oneOf(reportKinds)), cursor: text(30), limit: limitOf(50, 200) })
const ReportFile = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 40 }),
  file: Type.Enum(['pdf', 'docx'])
})

/** Reports: the archive, making one now, what is printed on them, and who gets them. */
export const reportsApi = {
  'GET /api/reports': {
    who: 'reports.read',
    about: 'Archived reports',
    note: 'See docs/reports.md. Owner: of own units.',
    query: ReportQuery,
    answer: ReportList
  },
  'GET /api/reports/:id': {
    who: 'reports.read',
    about: 'One report',
    note: 'Owner: of own units.',
    params: Id,
    answer: ReportRow
  },
  'GET /api/reports/:id/files/:file': {
    who: 'reports.read',
    about: 'A report as PDF or Word',
    note: 'As a download; audited.',
    params: ReportFile,
    answer: File
  },
  'POST /api/reports': {
    who: 'reports.make',
    about: 'Make a report',
    note: 'Scoped.',
    body: NewReport,
    answer: ReportJob
  },
  'GET /api/reports/jobs/:id': { who: 'reports.make', about: 'How far a report is', params: Id, answer: ReportJob },
  'GET /api/reports/settings': { who: 'reports.make', about: 'What is printed on reports', answer: ReportSettings },
  'PUT /api/reports/settings': {
    who: 'reports.settings',
    about: 'Change what is printed on reports',
    note: 'Administrators of the whole province.',
    body: ReportSettings,
    answer: ReportSettings
  },
  'GET /api/reports/subscribers': {
    who: 'reports.settings',
    about: 'Who gets reports',
    note: 'Scoped.',
    answer: Type.Array(ReportSubscriber)
  },
  'POST /api/reports/subscribers': {
    who: 'reports.settings',
    about: 'Send reports to somebody',
    note: 'Scoped.',
    body: NewSubscriber,
    answer: ReportSubscriber
  },
  'DELETE /api/reports/subscribers/:id': {
    who: 'reports.settings',
    about: 'Stop sending',
    note: 'Scoped.',
    params: Id,
    answer: Nothing
  }
} satisfies Routes

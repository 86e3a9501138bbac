import { Type, type Static } from 'typebox'
import { Bilingual, Level, Millis, Origin, UnitRef, oneOf, Id, limitOf, text, File } from './common.ts'
import type { Routes } from './routes.ts'

const maybe = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Life of a task: the last three end it. */
export const taskStates = ['sent', 'received', 'doing', 'done', 'not_ours', 'withdrawn'] as const
export type TaskState = (typeof taskStates)[number]
/** What a unit can say: taken note, at work, finished, somebody else's, and a question. */
export const taskAnswerKinds = ['received', 'doing', 'done', 'not_ours', 'question'] as const
export type TaskAnswerKind = (typeof taskAnswerKinds)[number]
export const taskViews = ['open', 'overdue', 'ended', 'all'] as const
export type TaskView = (typeof taskViews)[number]

/** Something the SOC asks a unit to do. */
export const TaskRow = Type.Object({
  /** Shown number, e.g. NV-0007. */
  id: Type.String(),
  revision: Type.Number(),
  unit: UnitRef,
  origin: Origin,
  level: Level,
  title: Bilingual,
  state: oneOf(taskStates),
  deadline: Millis,
  incident: maybe(Type.String()),
  alerts: Type.Array(Type.String()),
  contact: maybe(Type.Object({ name: Type.String(), role: Type.String() })),
  /** Questions of the unit that the SOC has not answered. */
  questions: Type.Number(),
  /** Why nobody of the unit knows of it yet: no contact, no usable channel, a setting that is missing, refused, on its way; '' when somebody does. */
  unsent: Type.Enum(['', 'contacts', 'channel', 'settings', 'failed', 'waiting']),
  files: Type.Number(),
  createdAt: Millis,
  by: Type.Object({ id: Type.String(), name: Type.String() }),
  lastAt: Millis,
  endedAt: maybe(Millis)
})
export type TaskRow = Static<typeof TaskRow>

/**
 * One step of a task: `sent`, the answers, `answer` (of the SOC), `file`, `reminder`, `escalated`, `extended`,
 * `reopened`, `withdrawn`, `link`, `revoked`.
 */
export const TaskEntry = Type.Object({
  id: Type.String(),
  at: Millis,
  kind: Type.String(),
  text: Type.String(),
  side: Type.Enum(['soc', 'unit', 'system']),
  name: Type.String()
})
export type TaskEntry = Static<typeof TaskEntry>

/** Kinds of evidence, decided by what the file holds, never by its name. */
export const evidenceKinds = ['jpeg', 'png', 'webp', 'heic', 'pdf', 'text'] as const
export type EvidenceKind = (typeof evidenceKinds)[number]
export const TaskFile = Type.Object({
  id: Type.String(),
  at: Millis,
  name: Type.String(),
  kind: oneOf(evidenceKinds),
  size: Type.Number(),
  sha256: Type.String(),
  by: Type.String()
})
export type TaskFile = Static<typeof TaskFile>

export const TaskDetail = Type.Object({
  task: TaskRow,
  what: Bilingual,
  steps: Type.Array(Bilingual),
  entries: Type.Array(TaskEntry),
  files: Type.Array(TaskFile),
  /** Links that were sent; only for those who send them. */
  links: Type.Array(
    Type.Object({
      id: Type.String(),
      contact: Type.String(),
      createdAt: Millis,
      expiresAt: Millis,
      state: Type.Enum(['open', 'bound', 'revoked', 'expired'])
    })
  )
})
export type TaskDetail = Static<typeof TaskDetail>

export const TaskList = Type.Object({
  items: Type.Array(TaskRow),
  counts: Type.Object({ open: Type.Number(), overdue: Type.Number() }),
  cursor: maybe(Type.String())
})
export type TaskList = Static<typeof TaskList>

const words = (maxLength: number) =>
  Type.Object({ vi: Type.String({ minLength: 1, maxLength }), en: Type.String({ maxLength }) })

/** A request as written by the SOC; an empty English text is shown in Vietnamese. */
export const TaskDraft = Type.Object({
  unit: Type.String({ minLength: 1, maxLength: 50 }),
  alerts: Type.Array(Type.String({ maxLength: 50 }), { maxItems: 50 }),
  incident: maybe(Type.String({ maxLength: 50 })),
  title: words(200),
  what: words(2000),
  steps: Type.Array(words(400), { minItems: 1, maxItems: 5 }),
  deadline: Millis,
  /** A contact of the unit; null asks every contact of it. */
  contact: maybe(Type.String({ maxLength: 100 }))
})
export type TaskDraft = Static<typeof TaskDraft>

/** What a request about these alerts would say, ready to be changed. */
export const TaskSuggestion = Type.Object({
  draft: TaskDraft,
  /** What belongs to the demonstration is written into the local outbox, whoever stands behind the unit. */
  origin: Origin,
  level: Level,
  units: Type.Array(UnitRef),
  contacts: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), role: Type.String() })),
  /** The message that goes out with the link; it names no system, account or address. */
  message: Type.Object({ title: Bilingual, body: Bilingual })
})
export type TaskSuggestion = Static<typeof TaskSuggestion>

export const TaskAct = Type.Union([
  /** Answers a question of the unit. */
  Type.Object({ kind: Type.Literal('answer'), text: Type.String({ minLength: 1, maxLength: 2000 }) }),
  Type.Object({ kind: Type.Literal('withdraw'), text: Type.Optional(Type.String({ maxLength: 2000 })) }),
  Type.Object({ kind: Type.Literal('extend'), deadline: Millis }),
  /** Not done yet after all: asked again with a new deadline. */
  Type.Object({
    kind: Type.Literal('reopen'),
    deadline: Millis,
    text: Type.String({ minLength: 1, maxLength: 2000 })
  }),
  /** A fresh link; the older ones end. `show` hands it to the caller instead of sending it: to be passed on by hand. */
  Type.Object({ kind: Type.Literal('link'), show: Type.Boolean() }),
  Type.Object({ kind: Type.Literal('revoke') })
])
export type TaskAct = Static<typeof TaskAct>
export const TaskActAnswer = Type.Object({
  detail: TaskDetail,
  /** Path of a fresh link that was asked for; shown once. */
  link: maybe(Type.String())
})
export type TaskActAnswer = Static<typeof TaskActAnswer>

/** An answer of the unit from its account. */
export const TaskAnswer = Type.Object({
  kind: oneOf(taskAnswerKinds),
  text: Type.Optional(Type.String({ maxLength: 2000 }))
})
export type TaskAnswer = Static<typeof TaskAnswer>

/** The task as the page behind a link shows it. */
export const LinkTask = Type.Object({
  code: Type.String(),
  unit: UnitRef,
  origin: Origin,
  level: Level,
  title: Bilingual,
  what: Bilingual,
  steps: Type.Array(Bilingual),
  state: oneOf(taskStates),
  deadline: Millis,
  /** The server's clock. */
  now: Millis,
  /** Phone of the SOC's desk; '' when none is set. */
  hotline: Type.String(),
  entries: Type.Array(TaskEntry),
  files: Type.Number(),
  /** For the next answer: used once, by this device, within a day. Null when nothing can be answered any more. */
  nonce: maybe(Type.String())
})
export type LinkTask = Static<typeof LinkTask>
export const LinkAnswer = Type.Object({
  nonce: Type.String({ minLength: 1, maxLength: 200 }),
  kind: oneOf(taskAnswerKinds),
  text: Type.Optional(Type.String({ maxLength: 2000 }))
})
export type LinkAnswer = Static<typeof LinkAnswer>

/** A file travels as the raw body, its name percent-encoded beside it. */
export const FileName = Type.Object({ 'x-file-name': Type.String({ minLength: 1, maxLength: 1000 }) })
const TaskQuery = Type.Object({
  view: Type.Optional(oneOf(taskViews)),
  unit: text(50),
  alert: text(50),
  incident: text(50),
  cursor: text(100),
  limit: limitOf(100, 200)
})
const Wish = Type.Object({ alerts: text(2600), incident: text(50), unit: text(50) })

/** What the SOC asks of units: for both sides of the request, each within its scope. */
export const tasksApi = {
  'GET /api/tasks': {
    who: 'tasks.read',
    about: 'Tasks of units',
    note: 'Owner: own units.',
    query: TaskQuery,
    answer: TaskList
  },
  'GET /api/tasks/:id': {
    who: 'tasks.read',
    about: 'One task with its history',
    note: 'Owner: own units. Links only for those who send them.',
    params: Id,
    answer: TaskDetail
  },
  'GET /api/task-suggestion': {
    who: 'tasks.send',
    about: 'What a request would say',
    query: Wish,
    answer: TaskSuggestion
  },
  'POST /api/tasks': { who: 'tasks.send', about: 'Ask a unit', body: TaskDraft, answer: TaskDetail },
  'POST /api/tasks/:id/acts': {
    who: 'tasks.send',
    about: 'Answer, withdraw, extend, link',
    params: Id,
    body: TaskAct,
    answer: TaskActAnswer
  },
  'POST /api/tasks/:id/answers': {
    who: 'tasks.answer',
    about: 'Answer for the unit',
    note: 'Own units.',
    params: Id,
    body: TaskAnswer,
    answer: TaskDetail
  },
  'POST /api/tasks/:id/files': {
    who: 'tasks.answer',
    about: 'Send a file from an account',
    note: 'Own units. Raw body, at most 10 MB.',
    params: Type.Object({ id: Type.String({ maxLength: 50 }) }),
    headers: FileName,
    answer: TaskDetail
  },
  'GET /api/tasks/:id/files/:file': {
    who: 'tasks.evidence',
    about: 'Download evidence of a unit',
    note: 'As a download.',
    params: Type.Object({ ...Id.properties, file: Type.String({ pattern: '^[\\w-]{1,60}$' }) }),
    answer: File
  }
} satisfies Routes

import { Type, type Static } from 'typebox'
import { AuthorTexts, Bilingual, FateName, Level, Millis, Origin, UnitRef, Id, Nothing } from './common.ts'
import type { Routes } from './routes.ts'

export const SourceRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  unit: UnitRef,
  origin: Origin,
  enabled: Type.Boolean(),
  networks: Type.Array(Type.String()),
  tokens: Type.Number(),
  speaksFor: Type.Union([Type.Literal('self'), Type.Literal('any'), Type.Array(Type.String())]),
  utcOffsetMinutes: Type.Number(),
  /** `silent` and `never` are grey, never green. */
  state: Type.Enum(['receiving', 'silent', 'never', 'off']),
  lastReceivedAt: Type.Union([Millis, Type.Null()]),
  received: Type.Number(),
  fates: Type.Record(FateName, Type.Number()),
  /** How far its clock is off, and the offset that would set it right; null before enough events came. */
  clock: Type.Union([
    Type.Object({
      skewMinutes: Type.Number(),
      suggestedOffsetMinutes: Type.Union([Type.Number(), Type.Null()])
    }),
    Type.Null()
  ])
})
export type SourceRow = Static<typeof SourceRow>

export const SourceList = Type.Object({
  sources: Type.Array(SourceRow),
  ledger: Type.Object({
    at: Millis,
    received: Type.Number(),
    fates: Type.Record(FateName, Type.Number()),
    balanced: Type.Boolean(),
    imbalance: Type.String()
  }),
  /** What listens where, what it heard, and what it refuses now. */
  listeners: Type.Array(
    Type.Object({
      id: Type.String(),
      protocol: Type.String(),
      address: Type.String(),
      origin: Origin,
      frames: Type.Number(),
      bytes: Type.Number(),
      refused: Type.Record(Type.String(), Type.Number())
    })
  ),
  spool: Type.Object({
    bytes: Type.Number(),
    lagDetector: Type.Number(),
    lagStore: Type.Number(),
    refusal: Type.Union([Type.String(), Type.Null()])
  }),
  store: Type.Object({
    kind: Type.String(),
    away: Type.Boolean(),
    since: Type.Union([Millis, Type.Null()]),
    reason: Type.String(),
    /** Days that hold less than was stored in them; null: not known. */
    losses: Type.Array(
      Type.Object({
        day: Type.String(),
        origin: Origin,
        stored: Type.Union([Type.Number(), Type.Null()]),
        found: Type.Union([Type.Number(), Type.Null()]),
        kept: Type.String()
      })
    )
  })
})
export type SourceList = Static<typeof SourceList>

export const NewSource = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  unit: Type.String(),
  networks: Type.Array(Type.String(), { maxItems: 64 }),
  speaksFor: Type.Union([Type.Literal('self'), Type.Literal('any'), Type.Array(Type.String(), { maxItems: 500 })]),
  utcOffsetMinutes: Type.Integer({ minimum: -720, maximum: 840 })
})
export type NewSource = Static<typeof NewSource>
/** A token of a source that is not revoked; what it says is known to its holder alone. */
export const TokenRow = Type.Object({
  id: Type.String(),
  createdAt: Millis,
  /** Username of who made it. */
  by: Type.String(),
  /** To the minute; null: never, or before it was noted. */
  lastUsedAt: Type.Union([Millis, Type.Null()]),
  expiresAt: Type.Union([Millis, Type.Null()])
})
export type TokenRow = Static<typeof TokenRow>
/** Days after which the token ends; never when absent. */
const TokenWish = Type.Object({ days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })) })

/** The token is shown once; the snippets are ready to paste. */
export const NewToken = Type.Object({
  source: SourceRow,
  token: Type.String(),
  snippets: Type.Array(Type.Object({ name: Type.String(), language: Type.String(), text: Type.String() }))
})
export type NewToken = Static<typeof NewToken>

export const DeadLetterRow = Type.Object({
  id: Type.String(),
  source: Type.String(),
  origin: Origin,
  receivedAt: Millis,
  code: Type.String(),
  detail: Type.String(),
  listener: Type.String(),
  peer: Type.String(),
  bytes: Type.Number(),
  /** The first 2 KiB as text, masked, control characters shown. */
  excerpt: Type.String()
})
export const DeadLetterList = Type.Object({
  letters: Type.Array(DeadLetterRow),
  cursor: Type.Union([Type.String(), Type.Null()])
})
export type DeadLetterList = Static<typeof DeadLetterList>
export const ReplayAnswer = Type.Object({ replayed: Type.Number(), rejected: Type.Number(), gone: Type.Number() })
export type ReplayAnswer = Static<typeof ReplayAnswer>

export const RuleRow = Type.Object({
  id: Type.String(),
  title: Bilingual,
  level: Level,
  status: Type.String(),
  kind: Type.Enum(['detection', 'correlation', 'built_in']),
  logsource: Type.String(),
  tags: Type.Array(Type.String()),
  file: Type.String(),
  version: Type.String(),
  state: Type.Enum(['live', 'off', 'broken']),
  error: Type.Union([Type.String(), Type.Null()]),
  matches24h: Type.Number(),
  falsePositiveShare: Type.Union([Type.Number(), Type.Null()])
})
export type RuleRow = Static<typeof RuleRow>
export const RuleList = Type.Object({
  rules: Type.Array(RuleRow),
  total: Type.Number(),
  loadedAt: Millis,
  broken: Type.Number()
})
export type RuleList = Static<typeof RuleList>
export const RuleDetail = Type.Object({
  rule: RuleRow,
  text: Type.String(),
  description: AuthorTexts,
  falsePositives: AuthorTexts
})
export type RuleDetail = Static<typeof RuleDetail>

export const EventHit = Type.Object({
  id: Type.String(),
  time: Millis,
  origin: Origin,
  unit: UnitRef,
  summary: Type.String(),
  event: Type.Unknown()
})
export type EventHit = Static<typeof EventHit>
export const EventSearch = Type.Object({
  hits: Type.Array(EventHit),
  cursor: Type.Union([Type.String(), Type.Null()]),
  partial: Type.Boolean(),
  /** Receive days (YYYY-MM-DD) whose events cannot be read. */
  damagedDays: Type.Array(Type.String()),
  tookMs: Type.Number()
})
export type EventSearch = Static<typeof EventSearch>
export const EventHistogram = Type.Object({
  buckets: Type.Array(Type.Object({ from: Millis, count: Type.Number() })),
  total: Type.Number(),
  intervalMs: Type.Number(),
  partial: Type.Boolean(),
  tookMs: Type.Number()
})
export type EventHistogram = Static<typeof EventHistogram>
/** Why a search may have found nothing. */
export const EventAdvice = Type.Object({
  /** Fields of the query that no event in the range has, with the nearest names that recent events have. */
  unseen: Type.Array(Type.Object({ field: Type.String(), nearest: Type.Array(Type.String()) })),
  /** A word that was asked for without a field, so in the message only; '' when there is none. */
  words: Type.String()
})
export type EventAdvice = Static<typeof EventAdvice>

/** Counts for rail and top bar, scoped to the viewer. */
export const Summary = Type.Object({
  newAlerts: Type.Number(),
  mine: Type.Number(),
  openIncidents: Type.Number(),
  units: Type.Object({ communes: Type.Number(), districts: Type.Number(), departments: Type.Number() }),
  /** What we are blind to. */
  blind: Type.Object({
    silentSources: Type.Number(),
    neverHeard: Type.Number(),
    /** Units under watch whose sources fell silent, and that no source of their own was ever heard of (core/unit-states.ts). */
    unitsSilent: Type.Number(),
    unitsNotConnected: Type.Number(),
    /** Models in operation of which nothing measured says how they stand; 0 for viewers of a part of the province. */
    modelsWithoutData: Type.Number(),
    /** Nothing at all was ever received in this scope: whatever else is 0, nobody can say that we see. */
    nothingReceived: Type.Boolean(),
    deadLetters: Type.Number(),
    brokenRules: Type.Number(),
    storeAway: Type.Boolean(),
    /** Days of the store that are damaged or hold less than was stored. */
    storeLosses: Type.Number(),
    /** The control database cannot be written: its volume is full, or fails. */
    storageAway: Type.Union([Type.Literal('full'), Type.Literal('failing'), Type.Null()]),
    /** Threads of the data plane that do not run now, and matches that cannot be committed. */
    threadsDown: Type.Number(),
    matchesHeld: Type.Boolean(),
    ledgerImbalance: Type.Boolean()
  }),
  demonstration: Type.Union([Type.Object({ running: Type.Boolean(), startedAt: Millis }), Type.Null()]),
  /** Messages to units that wait for a setting of the server; counted for viewers of the whole province. */
  unsentForSettings: Type.Number(),
  version: Type.String()
})
export type Summary = Static<typeof Summary>

const IdAndToken = Type.Object({ id: Id.properties.id, token: Id.properties.id })
const SourceChange = Type.Partial(Type.Object({ ...NewSource.properties, enabled: Type.Boolean() }))

/** Sources with the ledger, and the accounts and tokens of senders. */
export const sourcesApi = {
  'GET /api/sources': {
    who: 'sources.read',
    about: 'Sources with the ledger',
    note: 'Owner: own units.',
    answer: SourceList
  },
  'POST /api/sources': { who: 'sources.write', about: 'New source', body: NewSource, answer: SourceRow },
  'PATCH /api/sources/:id': {
    who: 'sources.write',
    about: 'Change a source',
    params: Id,
    body: SourceChange,
    answer: SourceRow
  },
  'POST /api/sources/:id/tokens': {
    who: 'sources.write',
    about: 'New token, shown once; it ends after `days`, or never',
    params: Id,
    query: TokenWish,
    answer: NewToken
  },
  'GET /api/sources/:id/tokens': {
    who: 'sources.write',
    about: 'Tokens of a source: who made them, when they were used, when they end',
    params: Id,
    answer: Type.Array(TokenRow)
  },
  'DELETE /api/sources/:id/tokens/:token': {
    who: 'sources.write',
    about: 'Revoke one token',
    params: IdAndToken,
    answer: Nothing
  },
  'DELETE /api/sources/:id/tokens': { who: 'sources.write', about: 'Revoke all tokens', params: Id, answer: Nothing }
} satisfies Routes

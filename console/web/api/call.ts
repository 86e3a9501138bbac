import type {
  Account,
  AccountPolicy,
  GrantRow,
  NewGrant,
  OnceLink,
  SecondStep,
  SignInWays,
  TotpSetup,
  UserDetail,
  Welcome
} from '#core/api/accounts.ts'
import type {
  AlertAct,
  AlertActAnswer,
  AlertDetail,
  AlertList,
  IncidentAct,
  IncidentDetail,
  IncidentRow
} from '#core/api/alerts.ts'
import type { Catalogue, CatalogueChange, CatalogueEntry } from '#core/api/catalogue.ts'
import type {
  MaintenanceDraft,
  MaintenanceRow,
  ModelHealthDetail,
  NewHeartbeatKey,
  ProbeChange,
  ProbeDetail,
  ProbeDraft,
  ProbeResultView,
  ProbeRow,
  SystemDetail,
  SystemRow,
  Wall
} from '#core/api/health.ts'
import type {
  ChannelList,
  NotificationDetail,
  NotificationList,
  NotificationRow,
  DutyRoster,
  EscalationPolicy,
  OutboxList,
  PersonContact,
  PersonContactRow,
  PersonContacts
} from '#core/api/notifications.ts'
import type { AuditEntry, Session, UserRow } from '#core/api/people.ts'
import type { Posture, UnitPostureDetail } from '#core/api/posture.ts'
import type { ModelDetail, ModelRow, UnitDetail, UnitMap } from '#core/api/province.ts'
import type {
  NewReport,
  NewSubscriber,
  ReportJob,
  ReportList,
  ReportRow,
  ReportSettings,
  ReportSubscriber
} from '#core/api/reports.ts'
import type {
  DeadLetterList,
  EventHistogram,
  EventHit,
  EventSearch,
  NewToken,
  RuleDetail,
  RuleList,
  SourceList,
  SourceRow,
  Summary
} from '#core/api/sources.ts'
import type {
  TaskAct,
  TaskActAnswer,
  TaskAnswer,
  TaskDetail,
  TaskDraft,
  TaskList,
  TaskSuggestion
} from '#core/api/tasks.ts'
import type { Role } from '#core/roles.ts'
import type { Params } from '../i18n/text.svelte.ts'
import { address } from '../shell/routes.ts'

/** A request that did not succeed: the server's code, or one of ours (`network.unreachable`, `network.timeout`, `network.answer`). */
export class ApiFailure extends Error {
  readonly code: string
  readonly status: number
  readonly params: Params

  constructor(code: string, status: number, params: Params = {}) {
    super(code)
    this.name = 'ApiFailure'
    this.code = code
    this.status = status
    this.params = params
  }
}

export type IncidentList = { items: IncidentRow[]; total: number; cursor: string | null }
export type AuditList = { entries: AuditEntry[]; cursor: string | null; acts: string[]; names: Record<string, string> }
export type Person = { id: string; name: string }
export type Once = { user: UserRow; password: string; link?: { path: string; expiresAt: number; sent: boolean } }
export type SourceDraft = {
  name: string
  unit: string
  networks: string[]
  speaksFor: 'self' | 'any' | string[]
  utcOffsetMinutes: number
}
export type UserDraft = {
  username: string
  name: string
  role: Role
  units: string[]
  mayUnmask: boolean
  email: string
  invite: boolean
}
export type UserChange = Partial<{
  name: string
  role: Role
  units: string[]
  mayUnmask: boolean
  enabled: boolean
  email: string
}>
export type Contact = UnitDetail['contacts'][number]
type Query = Record<string, string | null | undefined>

/** Where a 401 is an answer, not the end of a session. */
const signingIn = new Set(['/api/session', '/api/session/step'])

/** No answer within this is a failure that one can retry, not a spinner for ever. */
export const TIMEOUT_MS = 20_000

export type ApiParts = {
  fetch: typeof globalThis.fetch
  /** The session's token for acts; empty before sign-in. */
  csrf: () => string
  /** The server's clock as its answer says, milliseconds with the precision of a second. */
  onServerTime: (ms: number) => void
  /** The server no longer knows this session. */
  onSignedOut: () => void
}

/** The console's API as typed functions; every failure is an {@link ApiFailure}. */
export function createApi(parts: ApiParts) {
  async function call<T>(method: string, url: string, body?: unknown, upload?: Upload): Promise<T> {
    const response = await send(parts, method, url, body, upload)
    const served = Date.parse(response.headers.get('date') ?? '')
    if (Number.isFinite(served)) parts.onServerTime(served)
    if (!response.ok) {
      const failure = await refusal(response)
      // A wrong password at sign-in is an answer, not the end of a session.
      if (response.status === 401 && !signingIn.has(url)) parts.onSignedOut()
      throw failure
    }
    if (response.status === 204) return undefined as T
    try {
      return (await response.json()) as T
    } catch {
      throw new ApiFailure('network.answer', response.status)
    }
  }
  const get = <T>(path: readonly string[], query?: Query) => call<T>('GET', address(['api', ...path], query))
  const post = <T>(path: readonly string[], body: unknown = {}) => call<T>('POST', address(['api', ...path]), body)
  const patch = <T>(path: readonly string[], body: unknown) => call<T>('PATCH', address(['api', ...path]), body)
  const remove = (path: readonly string[]) => call<void>('DELETE', address(['api', ...path]))

  return {
    session: () => get<Session>(['session']),
    signIn: (username: string, password: string) => post<Session | SecondStep>(['session'], { username, password }),
    takeStep: (step: { token: string; code?: string; reason?: string }) => post<Session>(['session', 'step'], step),
    signInWays: () => get<SignInWays>(['session', 'ways']),
    beginOidc: () => post<{ location: string }>(['session', 'oidc']),
    welcome: (token: string) => get<Welcome>(['welcome', token]),
    setPassword: (token: string, password: string) => post<Session | SecondStep>(['welcome', token], { password }),
    signOut: () => call<{ location: string } | undefined>('DELETE', '/api/session'),
    changePassword: (current: string, next: string) => post<Session>(['session', 'password'], { current, next }),
    account: () => get<Account>(['account']),
    beginTotp: (password: string) => post<TotpSetup>(['account', 'totp'], { password }),
    confirmTotp: (code: string) =>
      post<{ codes: string[]; session: Session }>(['account', 'totp', 'confirm'], { code }),
    renewRecovery: (code: string) => post<{ codes: string[] }>(['account', 'totp', 'recovery'], { code }),
    disableTotp: (password: string, code: string) => post<void>(['account', 'totp', 'disable'], { password, code }),
    endOwnSession: (id: string) => remove(['account', 'sessions', id]),
    endOtherSessions: () => remove(['account', 'sessions']),
    summary: () => get<Summary>(['summary']),

    alerts: (query: Query) => get<AlertList>(['alerts'], query),
    alert: (id: string) => get<AlertDetail>(['alerts', id]),
    actOnAlerts: (ids: string[], act: AlertAct['act']) => post<AlertActAnswer>(['alerts', 'acts'], { ids, act }),
    incidents: (query: Query) => get<IncidentList>(['incidents'], query),
    incident: (id: string) => get<IncidentDetail>(['incidents', id]),
    actOnIncident: (id: string, act: IncidentAct) => post<IncidentDetail>(['incidents', id, 'acts'], act),
    people: () => get<Person[]>(['people']),

    units: () => get<UnitMap>(['units']),
    unit: (code: string) => get<UnitDetail>(['units', code]),
    setContacts: (code: string, contacts: Contact[]) =>
      call<UnitDetail>('PUT', address(['api', 'units', code, 'contacts']), {
        contacts: contacts.map(({ role, name, phone, email, channels = [] }) => ({
          role,
          name,
          phone,
          email,
          channels
        }))
      }),
    posture: (query: Query) => get<Posture>(['posture'], query),
    postureUnit: (code: string, query: Query) => get<UnitPostureDetail>(['posture', 'units', code], query),
    reports: (query: Query) => get<ReportList>(['reports'], query),
    report: (id: string) => get<ReportRow>(['reports', id]),
    makeReport: (report: NewReport) => post<ReportJob>(['reports'], report),
    reportJob: (id: string) => get<ReportJob>(['reports', 'jobs', id]),
    reportSettings: () => get<ReportSettings>(['reports', 'settings']),
    setReportSettings: (settings: ReportSettings) =>
      call<ReportSettings>('PUT', address(['api', 'reports', 'settings']), settings),
    reportSubscribers: () => get<ReportSubscriber[]>(['reports', 'subscribers']),
    subscribeReport: (draft: NewSubscriber) => post<ReportSubscriber>(['reports', 'subscribers'], draft),
    unsubscribeReport: (id: string) => remove(['reports', 'subscribers', id]),
    models: () => get<ModelRow[]>(['models']),
    model: (id: string) => get<ModelDetail>(['models', id]),

    wall: () => get<Wall>(['health', 'wall']),
    modelHealth: (id: string) => get<ModelHealthDetail>(['models', id, 'health']),
    systems: () => get<SystemRow[]>(['systems']),
    system: (id: string) => get<SystemDetail>(['systems', id]),
    probes: () => get<ProbeRow[]>(['probes']),
    probe: (id: string) => get<ProbeDetail>(['probes', id]),
    createProbe: (draft: ProbeDraft) => post<ProbeRow>(['probes'], draft),
    changeProbe: (id: string, change: ProbeChange) => patch<ProbeRow>(['probes', id], change),
    removeProbe: (id: string) => remove(['probes', id]),
    tryProbe: (draft: ProbeDraft) => post<ProbeResultView>(['probes', 'try'], draft),
    newHeartbeatKey: (id: string) => post<NewHeartbeatKey>(['probes', id, 'heartbeat-key']),
    maintenance: () => get<MaintenanceRow[]>(['maintenance']),
    planMaintenance: (draft: MaintenanceDraft) => post<MaintenanceRow>(['maintenance'], draft),
    cancelMaintenance: (id: string) => post<MaintenanceRow>(['maintenance', id, 'cancel']),

    catalogue: () => get<Catalogue>(['catalogue']),
    catalogueChanges: () => get<CatalogueEntry[]>(['catalogue', 'changes']),
    changeCatalogue: (change: CatalogueChange) => post<CatalogueEntry>(['catalogue', 'changes'], change),
    revertCatalogue: (id: number, reason: string) =>
      post<CatalogueEntry>(['catalogue', 'changes', String(id), 'revert'], { reason }),

    events: (query: Query) => get<EventSearch>(['events'], query),
    histogram: (query: Query) => get<EventHistogram>(['events', 'histogram'], query),
    event: (id: string) => get<EventHit>(['events', id]),
    unmask: (id: string) => post<EventHit>(['events', id, 'unmask']),

    sources: () => get<SourceList>(['sources']),
    createSource: (draft: SourceDraft) => post<SourceRow>(['sources'], draft),
    changeSource: (id: string, change: Partial<SourceDraft> & { enabled?: boolean }) =>
      patch<SourceRow>(['sources', id], change),
    createToken: (id: string) => post<NewToken>(['sources', id, 'tokens']),
    revokeTokens: (id: string) => remove(['sources', id, 'tokens']),
    deadLetters: (query: Query) => get<DeadLetterList>(['dead-letters'], query),
    replay: (ids: string[]) =>
      post<{ replayed: number; rejected: number; gone: number }>(['dead-letters', 'replay'], { ids }),

    rules: (query: Query) => get<RuleList>(['rules'], query),
    rule: (id: string) => get<RuleDetail>(['rules', id]),

    users: () => get<UserRow[]>(['users']),
    createUser: (draft: UserDraft) => post<Once>(['users'], draft),
    changeUser: (id: string, change: UserChange) => patch<UserRow>(['users', id], change),
    resetPassword: (id: string) => post<Once>(['users', id, 'password']),
    endSessions: (id: string) => remove(['users', id, 'sessions']),
    user: (id: string) => get<UserDetail>(['users', id]),
    makeLink: (id: string) => post<OnceLink>(['users', id, 'link']),
    revokeLink: (id: string) => remove(['users', id, 'link']),
    endSession: (id: string, session: string) => remove(['users', id, 'sessions', session]),
    resetTotp: (id: string) => remove(['users', id, 'totp']),
    tieOidc: (id: string, link: { subject?: string; login?: string }) =>
      call<void>('PUT', address(['api', 'users', id, 'oidc']), link),
    grant: (id: string, grant: NewGrant) => post<GrantRow>(['users', id, 'grants'], grant),
    revokeGrant: (id: string, grant: string) => remove(['users', id, 'grants', grant]),
    accountPolicy: () => get<AccountPolicy>(['account-policy']),
    setAccountPolicy: (policy: AccountPolicy) => call<AccountPolicy>('PUT', '/api/account-policy', policy),
    audit: (query: Query) => get<AuditList>(['audit'], query),
    tasks: (query: Query) => get<TaskList>(['tasks'], query),
    task: (id: string) => get<TaskDetail>(['tasks', id]),
    taskSuggestion: (query: Query) => get<TaskSuggestion>(['task-suggestion'], query),
    sendTask: (draft: TaskDraft) => post<TaskDetail>(['tasks'], draft),
    actOnTask: (id: string, act: TaskAct) => post<TaskActAnswer>(['tasks', id, 'acts'], act),
    answerTask: (id: string, answer: TaskAnswer) => post<TaskDetail>(['tasks', id, 'answers'], answer),
    sendTaskFile: (id: string, file: Blob, name: string) =>
      call<TaskDetail>('POST', address(['api', 'tasks', id, 'files']), undefined, { file, name }),
    notifications: (query: Query) => get<NotificationList>(['notifications'], query),
    notification: (id: string) => get<NotificationDetail>(['notifications', id]),
    actOnNotification: (id: number, kind: 'resend' | 'cancel') =>
      post<NotificationRow>(['notifications', String(id), 'acts'], { kind }),
    outbox: (query: Query) => get<OutboxList>(['notifications', 'outbox'], query),
    channels: () => get<ChannelList>(['notifications', 'channels']),
    testChannel: (channel: string, to: string) =>
      post<NotificationRow>(['notifications', 'channels', channel, 'test'], { to }),
    roster: (day: string) => get<DutyRoster>(['notifications', 'roster'], { day }),
    setDutyPattern: (weekday: number, shift: string, users: string[]) =>
      call<DutyRoster>('PUT', '/api/notifications/roster/pattern', { weekday, shift, users }),
    setDutyDay: (day: string, shift: string, users: string[] | null) =>
      call<DutyRoster>('PUT', '/api/notifications/roster/day', { day, shift, users }),
    escalation: () => get<EscalationPolicy[]>(['notifications', 'policy']),
    setEscalation: (priority: number, policy: Omit<EscalationPolicy, 'priority' | 'changed'>) =>
      call<EscalationPolicy>('PUT', address(['api', 'notifications', 'policy', String(priority)]), policy),
    resetEscalation: (priority: number) =>
      call<EscalationPolicy>('DELETE', address(['api', 'notifications', 'policy', String(priority)])),
    personContacts: () => get<PersonContacts>(['notifications', 'people']),
    setPersonContact: (id: string, contact: PersonContact) =>
      call<PersonContactRow>('PUT', address(['api', 'notifications', 'people', id]), contact),
    endDemonstration: () => post<void>(['demonstration', 'end'])
  }
}

export type Api = ReturnType<typeof createApi>

/** A file that travels as it is, with its name beside it. */
type Upload = { file: Blob; name: string }
/** A file on a poor line takes longer than an act. */
const UPLOAD_TIMEOUT_MS = 120_000

async function send(parts: ApiParts, method: string, url: string, body: unknown, upload?: Upload): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (method !== 'GET') headers['x-csrf-token'] = parts.csrf()
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (upload !== undefined) {
    headers['content-type'] = 'application/octet-stream'
    headers['x-file-name'] = encodeURIComponent(upload.name.slice(0, 200))
  }
  try {
    return await parts.fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(upload === undefined ? TIMEOUT_MS : UPLOAD_TIMEOUT_MS),
      ...(upload !== undefined ? { body: upload.file } : body === undefined ? {} : { body: JSON.stringify(body) })
    })
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError'
    throw new ApiFailure(timedOut ? 'network.timeout' : 'network.unreachable', 0)
  }
}

async function refusal(response: Response): Promise<ApiFailure> {
  try {
    const answer = (await response.json()) as { code?: unknown; params?: unknown }
    if (typeof answer.code === 'string') {
      const params = typeof answer.params === 'object' && answer.params !== null ? answer.params : {}
      return new ApiFailure(answer.code, response.status, params as Params)
    }
  } catch {
    // A proxy's page instead of our JSON: the status is all there is to say.
  }
  return new ApiFailure(`http.${response.status}`, response.status, { status: response.status })
}

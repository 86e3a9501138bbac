import type { AnswerOf, BodyOf, HeadersOf, ParamsOf, QueryOf, RouteName, Routes } from '#core/api/routes.ts'
import type { Params } from '../i18n/text.svelte.ts'
import { urlOf } from '../format/url.ts'

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

/** Fields of a query as pages hold them, often text from the address bar; empty ones are left out. */
export type Query<Q = Record<string, unknown>> = { readonly [K in keyof Q]?: string | number | null | undefined }
/** A file that travels as it is, with its name beside it. */
export type Upload = { file: Blob; name: string }

type Wanted<K extends string, Shape, As = Shape> = unknown extends Shape ? { [P in K]?: undefined } : { [P in K]: As }
type Given<R> = Wanted<'params', ParamsOf<R>, { [K in keyof ParamsOf<R>]: string | number }> &
  Wanted<'body', BodyOf<R>> &
  Wanted<'upload', HeadersOf<R>, Upload> & { query?: Query<QueryOf<R>> }
/** What a call gives: undefined where the server answers without content. */
type Got<R> = Exclude<AnswerOf<R>, null> | (null extends AnswerOf<R> ? undefined : never)

/** Calls the routes of a table by their names; every failure is an {@link ApiFailure}. */
export type Call<A extends Routes> = <N extends keyof A & RouteName>(
  name: N,
  ...given: object extends Given<A[N]> ? [given?: Given<A[N]>] : [given: Given<A[N]>]
) => Promise<Got<A[N]>>

type Sent = { params?: Readonly<Record<string, string | number>>; query?: Query; body?: unknown; upload?: Upload }
/** What stands below every {@link Call}: sends by name, and knows no table. */
export type Transport = (name: RouteName, given?: Sent) => Promise<unknown>

/** A transport as the calls of one table. */
export const callsOf = <A extends Routes>(transport: Transport) => transport as Call<A>

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

/** Sends requests to the console's API. */
export function createTransport(parts: ApiParts): Transport {
  return async (name, { params = {}, query = {}, body, upload } = {}) => {
    const [method = '', path = ''] = name.split(' ')
    const segments = path.slice(1).split('/')
    const filled = segments.map((segment) => (segment[0] === ':' ? String(params[segment.slice(1)]) : segment))
    const asked = Object.entries(query).map(([field, value]) => [field, value == null ? null : String(value)] as const)
    const url = urlOf(filled, Object.fromEntries(asked))
    // An act without a body sends an empty one.
    const content = body ?? (method === 'POST' && upload === undefined ? {} : undefined)
    const response = await send(parts, method, url, content, upload)
    const served = Date.parse(response.headers.get('date') ?? '')
    if (Number.isFinite(served)) parts.onServerTime(served)
    if (!response.ok) {
      const failure = await refusal(response)
      // A wrong password at sign-in is an answer, not the end of a session.
      if (response.status === 401 && !signingIn.has(url)) parts.onSignedOut()
      throw failure
    }
    if (response.status === 204) return undefined
    try {
      return (await response.json()) as unknown
    } catch {
      throw new ApiFailure('network.answer', response.status)
    }
  }
}

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

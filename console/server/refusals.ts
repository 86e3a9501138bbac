import type { FastifyError } from 'fastify'
import type { ApiError } from '#core/api/common.ts'
import type { RefusalCode } from '#core/codes.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { isStorageError } from '#core/storage-error.ts'
import type { App } from './context.ts'

/** What the framework refuses by itself, in our words. */
const frameworkCodes: ReadonlyMap<string, RefusalCode> = new Map<string, RefusalCode>(
  Object.entries({
    FST_ERR_CTP_BODY_TOO_LARGE: 'request.too_large',
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.content_type',
    FST_ERR_CTP_INVALID_JSON_BODY: 'request.not_json',
    FST_ERR_CTP_EMPTY_JSON_BODY: 'request.not_json',
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.not_json',
    FST_ERR_BAD_URL: 'request.bad_url'
  })
)

/** One refusal for the browser; whatever is 5xx keeps its message to the log. */
export function refusalOf(thrown: unknown): { status: number; body: ApiError; retryAfterS?: number } {
  // Files beside the database (evidence, reports) meet the same volume.
  const error =
    !(thrown instanceof SocError) && isStorageError(thrown)
      ? new SocError('control.storage_full', messageOf(thrown), { cause: thrown, status: 503 })
      : thrown
  if (error instanceof SocError && error.status < 500) {
    const retryAfterS = Number(error.params['retryAfterS'])
    return {
      status: error.status,
      body: { code: error.code, params: error.params, message: error.message },
      ...(retryAfterS > 0 ? { retryAfterS } : {})
    }
  }
  if (error instanceof SocError) {
    // The code alone: it says "store away" to the page and nothing about how.
    const known = error.status === 503 ? error.code : 'server.failed'
    return {
      status: error.status,
      body: { code: known, params: {} },
      ...(error.status === 503 ? { retryAfterS: 2 } : {})
    }
  }
  const { code = '', statusCode = 500, validation } = (error ?? {}) as Partial<FastifyError>
  if (validation) {
    const first = validation[0]
    return {
      status: 400,
      body: {
        code: 'request.invalid',
        params: {
          field: String(first?.instancePath ?? '').slice(0, 100),
          reason: String(first?.message ?? '').slice(0, 200)
        }
      }
    }
  }
  if (statusCode === 429) return { status: 429, body: { code: 'request.too_many', params: {} } }
  if (statusCode >= 400 && statusCode < 500)
    return { status: statusCode, body: { code: frameworkCodes.get(code) ?? 'request.invalid', params: {} } }
  return { status: 500, body: { code: 'server.failed', params: {} } }
}

/** Refusals of one code are logged this often: a flood of requests writes no flood of lines. */
const LOGGED_EVERY_MS = 10_000

/** How many of a code were left out since its last line; undefined for one to be left out. Codes are ours, so the map is small. */
function oncePer(everyMs: number): (code: string) => number | undefined {
  const told = new Map<string, { at: number; more: number }>()
  return (code) => {
    const now = performance.now()
    const last = told.get(code)
    if (last !== undefined && now - last.at < everyMs) {
      last.more++
      return undefined
    }
    told.set(code, { at: now, more: 0 })
    return last?.more ?? 0
  }
}

/** The one error handler: refusals as `{ code, params }`, failures logged whole and answered without their message. */
export function addRefusals(app: App): void {
  const perCode = oncePer(LOGGED_EVERY_MS)
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    // What is a state (busy, away, full) or a stranger's doing is one short line; a fault of ours brings its stack.
    if (refusal.status === 503) {
      const more = perCode(refusal.body.code)
      if (more !== undefined)
        request.log.warn({ code: refusal.body.code, reason: messageOf(error).slice(0, 300), more }, 'request refused')
    } else if (refusal.status >= 500)
      request.log.error({ err: error, method: request.method, url: request.routeOptions.url }, 'request failed')
    if (refusal.retryAfterS !== undefined) void reply.header('retry-after', String(Math.ceil(refusal.retryAfterS)))
    return reply.code(refusal.status).type('application/json; charset=utf-8').send(refusal.body)
  })
}

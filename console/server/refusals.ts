import type { FastifyError } from 'fastify'
import type { ApiError } from '#core/api/common.ts'
import type { RefusalCode } from '#core/codes.ts'
import { SocError } from '#core/errors.ts'
import type { App } from './context.ts'

/** What the framework refuses by itself, in our words. */
const frameworkCodes: Record<string, RefusalCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.content_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.not_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.not_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.not_json',
  FST_ERR_BAD_URL: 'request.bad_url'
}

/** One refusal for the browser; whatever is 5xx keeps its message to the log. */
export function refusalOf(error: unknown): { status: number; body: ApiError; retryAfterS?: number } {
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
    return { status: statusCode, body: { code: frameworkCodes[code] ?? 'request.invalid', params: {} } }
  return { status: 500, body: { code: 'server.failed', params: {} } }
}

const busy = new Set<string>(['session.busy', 'store.busy'])

/** The one error handler: refusals as `{ code, params }`, failures logged whole and answered without their message. */
export function addRefusals(app: App): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    // "Busy" is an answer, not a failure: a flood of them must not fill the log.
    if (refusal.status >= 500 && !busy.has(refusal.body.code))
      request.log.error({ err: error, method: request.method, url: request.routeOptions.url }, 'request failed')
    if (refusal.retryAfterS !== undefined) void reply.header('retry-after', String(Math.ceil(refusal.retryAfterS)))
    return reply.code(refusal.status).type('application/json; charset=utf-8').send(refusal.body)
  })
}

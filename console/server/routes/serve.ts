import type { FastifyReply, FastifyRequest } from 'fastify'
import { Nothing } from '#core/api/common.ts'
import type { AnswerOf, BodyOf, HeadersOf, ParamsOf, QueryOf, Routes, RouteSpec } from '#core/api/routes.ts'
import type { Access } from '#core/permissions.ts'
import type { App } from '../context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whom the route lets in; the gate refuses routes that do not say. */
    who?: Access
  }
}

/** A request with what its table row says of it. */
export type RouteRequest<R> = FastifyRequest & {
  params: ParamsOf<R>
  query: QueryOf<R>
  headers: HeadersOf<R>
  body: BodyOf<R>
}
type Answer<R> = R extends { answer: typeof Nothing } ? void : AnswerOf<R> | FastifyReply
type Handle<R> = (request: RouteRequest<R>, reply: FastifyReply) => Answer<R> | Promise<Answer<R>>

/** A handler with what is not for clients to know: how its body comes, and how often one may ask. */
type Served<R> = {
  handle: Handle<R>
  /** `stream`: the body is not read before the handler reads it. `bytes`: as it came, up to `maxBytes`. Else JSON. */
  bodies?: 'stream' | 'bytes'
  maxBytes?: number
  /** Requests per minute, counted by address, or by what `countedBy` says. */
  perMinute?: number
  countedBy?: (request: FastifyRequest) => string
}

/** A handler for every row of a table, and none besides. */
export type Handlers<A extends Routes> = { [N in keyof A]: Handle<A[N]> | Served<A[N]> }

/** Registers an area: every row of its table with its handler. */
export function serve<A extends Routes>(app: App, api: A, handlers: Handlers<A>): void {
  const rows = Object.entries(api).map(([name, spec]) => {
    const given = handlers[name as keyof A] as Handle<RouteSpec> | Served<RouteSpec>
    return { name, spec, served: typeof given === 'function' ? { handle: given } : given }
  })
  for (const { name, spec, served } of rows) {
    const { bodies } = served
    if (bodies === undefined) register(app, name, spec, served)
    else
      // A plug-in of its own: other parsers of bodies hold in it alone.
      void app.register(async (inner) => {
        takeBodies(inner as unknown as App, bodies)
        register(inner as unknown as App, name, spec, served)
      })
  }
}

function register(app: App, name: string, spec: RouteSpec, served: Served<RouteSpec>) {
  const [method = '', url = ''] = name.split(' ')
  const { handle, maxBytes, perMinute, countedBy } = served
  const rateLimit =
    perMinute === undefined
      ? {}
      : {
          rateLimit: {
            max: perMinute,
            timeWindow: 60_000,
            ...(countedBy === undefined ? {} : { keyGenerator: countedBy })
          }
        }
  app.route({
    method,
    url,
    ...(maxBytes === undefined ? {} : { bodyLimit: maxBytes }),
    config: { who: spec.who, ...rateLimit },
    schema: schemaOf(spec),
    handler: (spec.answer === Nothing ? withoutContent(handle) : handle) as () => unknown
  })
}

function schemaOf({ about, hidden, params, query, headers, body, answer, answers }: RouteSpec) {
  const response = { ...(answer === undefined ? {} : { [answer === Nothing ? 204 : 200]: answer }), ...answers }
  return {
    summary: about,
    ...(hidden === undefined ? {} : { hide: true }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(Object.keys(response).length === 0 ? {} : { response })
  }
}

/** Answers 204 once the handler is through. */
const withoutContent =
  (handle: Handle<RouteSpec>): Handle<RouteSpec> =>
  async (request, reply) => {
    await handle(request, reply)
    void reply.code(204)
    return null
  }

function takeBodies(app: App, bodies: 'stream' | 'bytes') {
  app.removeAllContentTypeParsers()
  if (bodies === 'stream') app.addContentTypeParser('*', (_request, body, done) => done(null, body))
  else app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

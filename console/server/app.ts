import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import cookie from '@fastify/cookie'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, { LogController } from 'fastify'
import { ApiError } from '#core/api/common.ts'
import { addDoor, countedAs } from './callers.ts'
import type { App, Context } from './context.ts'
import { addGate, cookieName } from './gate.ts'
import { mask } from '#control/rights/masking.ts'
import { addRefusals } from './refusals.ts'
import { areas } from './routes/index.ts'
import { createOpening } from './routes/opening.ts'
import { addWeb } from './web.ts'

/** Acts carry at most 500 ids and a note. */
const MAX_BODY = 128 * 1024
/** Requests per person, and of all without a session per address, in a minute: an office of analysts behind one address fits, a flood does not. */
const MAX_REQUESTS_PER_MINUTE = 6000

/** A connection whose header is not whole by then is closed; looked for every two seconds. */
const HEADERS_MS = 10_000
const slowHeaders = { headersTimeout: HEADERS_MS, connectionsCheckingInterval: 2_000 }

/** Builds the console whole, without listening: `inject` reaches everything. Every service is handed in. */
export function buildApp(context: Context): App {
  const { config, live } = context
  const tls = config.SOC_TLS_CERT !== ''
  const app = Fastify({
    ...(tls
      ? {
          https: {
            ...slowHeaders,
            handshakeTimeout: HEADERS_MS,
            cert: readFileSync(config.SOC_TLS_CERT),
            key: readFileSync(config.SOC_TLS_KEY)
          }
        }
      : { http: slowHeaders }),
    ...(context.requestLog === undefined ? {} : { loggerInstance: context.requestLog }),
    // What matters is in the audit log; a line per request would only hide failures.
    logController: new LogController({ disableRequestLogging: true }),
    // A proxy on this machine says for whom it asks; nobody else is believed.
    trustProxy: 'loopback',
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: 200 },
    exposeHeadRoutes: false,
    schemaController: { compilersFactory: { buildSerializer: lazySerializers } },
    // A slow or silent browser does not hold a connection for ever; a photo over a poor line gets through.
    requestTimeout: 90_000,
    return503OnClosing: true
  }) as unknown as App
  app.setValidatorCompiler(lazyValidator)
  app.addHook('onReady', async () => live.attach(app.server))
  app.addHook('preClose', async () => live.close())

  addRefusals(app)
  void app.register(cookie)
  app.after(() => addDoor(app, context))
  void app.register(rateLimit, {
    global: true,
    max: MAX_REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    cache: 10_000,
    keyGenerator: (request) => countedAs(context, request)
  })
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Vọng Lâu', description: 'API of the console', version: context.version },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookieName(tls) } }
      }
    }
  })
  // The hooks of the plug-ins above must be there before the first route is.
  app.after(() => {
    addGate(app, context)
    addSerialiser(app)
    addBodies(app)
    const opening = createOpening(context)
    for (const area of areas) area.serve(app, context, opening)
  })
  // The files' own routes come after the gate, which asks them too whom they let in.
  addWeb(app, { tls, webRoot: builtWeb(context.webRoot) })
  return app
}

/** Serialisers and validators are built at the first request of their route: a start does not wait for hundreds of them. */
const lazySerializers: ReturnType<typeof SerializerSelector> = (...given) => {
  const compile = SerializerSelector()(...given)
  return (route) => {
    let built: ReturnType<typeof compile> | undefined
    return (document) => (built ??= compile(route))(document)
  }
}
const lazyValidator: typeof TypeBoxValidatorCompiler = (route) => {
  let built: ReturnType<typeof TypeBoxValidatorCompiler> | undefined
  return (value: unknown) => (built ??= TypeBoxValidatorCompiler(route))(value)
}

const builtWeb = (folder: string | undefined) =>
  folder !== undefined && existsSync(join(folder, 'index.html')) ? folder : undefined

/** Every JSON answer passes the masking serialiser, is never kept by a cache, and describes its refusals. */
function addSerialiser(app: App) {
  app.addHook('onRoute', (route) => {
    if (route.schema === undefined || !route.url.startsWith('/api/')) return
    route.schema.response = { '4xx': ApiError, '5xx': ApiError, ...(route.schema.response as object | undefined) }
  })
  app.addHook('preSerialization', async (_request, _reply, answer) => mask(answer))
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store')
  })
}

/** JSON only; an empty body with that type is no error, since browsers send the header on every act. */
function addBodies(app: App) {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else void parse(request, body as string, done)
  })
}

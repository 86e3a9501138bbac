import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import { SocError } from '#core/errors.ts'
import type { App } from './context.ts'

/** Nothing but our own files: no inline script or style, no frames, no foreign hosts, no plug-ins. */
const contentSecurityPolicy = (tls: boolean) => ({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    ...(tls ? { 'upgrade-insecure-requests': [] } : {})
  }
})

/**
 * Security headers on every answer, the built browser part at `/`, and its first page for every address that is a page of
 * its own (`/alerts/…` after a reload). Without a built part the API stands alone.
 */
export function addWeb(app: App, options: { tls: boolean; webRoot: string | undefined }): void {
  void app.register(helmet, {
    contentSecurityPolicy: contentSecurityPolicy(options.tls),
    strictTransportSecurity: options.tls ? { maxAge: 15_552_000 } : false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' }
  })
  const { webRoot } = options
  if (webRoot !== undefined) {
    // The built browser part: the same files for everybody, no data in them. Before the gate's own hook, which asks.
    app.addHook('onRoute', (route) => {
      if (route.url === '/*') route.config = { ...route.config, who: 'public' }
    })
    void app.register(fastifyStatic, {
      root: webRoot,
      wildcard: true,
      dotfiles: 'deny',
      index: 'index.html',
      cacheControl: false,
      setHeaders: (response, path) =>
        // Built files carry a hash in their name; the page that names them does not.
        response.header(
          'cache-control',
          /[/\\]assets[/\\]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
        )
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' &&
      !/^\/(?:api|live|assets|metrics|healthz|readyz)(?:[/?]|$)/.test(request.url) &&
      (request.headers.accept ?? '').includes('text/html')
    if (isPage && webRoot !== undefined) return reply.sendFile('index.html')
    throw new SocError('route.not_found', 'there is nothing at this address', { status: 404 })
  })
}

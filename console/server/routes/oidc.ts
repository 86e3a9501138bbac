import { messageOf, SocError } from '#core/errors.ts'
import type { Context } from '../context.ts'
import { publicAddress } from '../public-address.ts'
import type { Opening } from './opening.ts'
import type { oidcApi } from '#core/api/oidc.ts'
import type { Handlers } from './serve.ts'

const RETURN_PATH = '/api/session/oidc/return'

/** Sign-in with the identity provider. Local accounts work whether it answers or not. */
export function oidcHandlers(context: Context, opening: Opening): Handlers<typeof oidcApi> {
  const { audit, config, control, oidc, oidcAccounts } = context
  const tls = config.SOC_TLS_CERT !== ''
  const cookie = tls ? '__Host-vl_oidc' : 'vl_oidc'
  // Lax, because the answer comes by a link from the provider's site.
  const options = (request: { protocol: string }) =>
    ({ path: '/', httpOnly: true, sameSite: 'lax', secure: tls || request.protocol === 'https' }) as const
  return {
    'GET /api/session/ways': () => ({
      oidc: oidc === undefined ? null : { name: oidc.name }
    }),
    'POST /api/session/oidc': async (request, reply) => {
      if (oidc === undefined) throw new SocError('oidc.off', 'no identity provider is configured', { status: 404 })
      const flow = await oidc.begin(new URL(RETURN_PATH, publicAddress(config, request)).href)
      void reply.setCookie(cookie, flow.cookie, { ...options(request), maxAge: 600 })
      return { location: flow.url }
    },
    // A GET that opens a session, as the protocol wants it: only with the cookie, state and nonce of this browser, once.
    'GET /api/session/oidc/return': async (request, reply) => {
      void reply.clearCookie(cookie, options(request))
      try {
        if (oidc === undefined) throw new SocError('oidc.off', 'no identity provider is configured', { status: 404 })
        const url = new URL(request.url, publicAddress(config, request))
        const person = await oidc.finish(url, request.cookies[cookie] ?? '')
        control.transaction(() => {
          const { userId, username } = oidcAccounts.resolve(person, request.ip)
          opening.signIn({ id: userId, username }, 'oidc', request, reply)
        })
        return reply.redirect('/')
      } catch (error) {
        const code = error instanceof SocError && error.status < 600 ? error.code : 'server.failed'
        if (code === 'server.failed') request.log.error({ err: error }, 'sign-in with the identity provider')
        else
          request.log.warn(
            { code, reason: messageOf((error as Error).cause ?? error) },
            'sign-in with the identity provider'
          )
        audit.record({ user: '(oidc)', act: 'session.refused', target: '', params: { code }, address: request.ip })
        return reply.redirect(`/?refused=${encodeURIComponent(code)}`)
      }
    }
  }
}

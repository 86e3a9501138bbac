import * as client from 'openid-client'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import { HOUR_MS } from '#core/time.ts'

/** A sign-in at the provider may take this long. */
const FLOW_MS = 10 * 60_000
/** Sign-ins under way at once; at the ceiling the oldest is forgotten and its person presses the button again. */
const MAX_FLOWS = 1000
/** Seconds the provider has for each of its answers. */
const TIMEOUT_S = 8
/** What the provider publishes about itself is asked for again after this long. */
const FRESH_MS = HOUR_MS

/** What a verified ID token says of a person. */
export type OidcPerson = {
  issuer: string
  subject: string
  /** Lower case: the e-mail address when the provider has verified it. */
  email: string
  /** Lower case: the user name at the provider. */
  username: string
  name: string
  groups: string[]
}

/** Sign-in with an OpenID Connect provider: authorization code with PKCE, state and nonce. */
export type Oidc = {
  name: string
  issuer: string
  /** Where to send the browser; `cookie` binds the answer to this browser. Throws `oidc.away`, 503. */
  begin(redirectUri: string): Promise<{ url: string; cookie: string }>
  /**
   * Reads the provider's answer. Throws `oidc.flow` (unknown, over, or another browser's), `oidc.denied` (the provider said no),
   * `oidc.token` (state, nonce, issuer, signature or time is wrong) with 401, or `oidc.away`, 503.
   */
  finish(url: URL, cookie: string): Promise<OidcPerson>
  /** Where signing out at the provider is possible; undefined when it does not say. */
  logoutUrl(returnTo: string): Promise<string | undefined>
}

type Flow = { verifier: string; state: string; nonce: string; redirectUri: string; expiresAt: number }

/** Undefined when no provider is configured. */
export function createOidc(config: Config, clock: Clock): Oidc | undefined {
  if (config.SOC_OIDC_ISSUER === '') return undefined
  const issuer = new URL(config.SOC_OIDC_ISSUER)
  // One spelling for the links in the database; what a token says was compared with what the provider published.
  const named = config.SOC_OIDC_ISSUER.replace(/\/+$/, '')
  const flows = new Map<string, Flow>()
  let known: { at: number; provider: client.Configuration } | undefined

  async function provider(): Promise<client.Configuration> {
    if (known !== undefined && clock.now() - known.at < FRESH_MS) return known.provider
    try {
      const found = await client.discovery(
        issuer,
        config.SOC_OIDC_CLIENT_ID,
        undefined,
        config.SOC_OIDC_CLIENT_SECRET === '' ? client.None() : client.ClientSecretBasic(config.SOC_OIDC_CLIENT_SECRET),
        {
          timeout: TIMEOUT_S,
          // Plain HTTP is for a provider that an administrator has named so, on the same machine or inside a closed network.
          // The signature of an ID token is checked always, not only trusted because it came from the token endpoint.
          execute: [
            client.enableNonRepudiationChecks,
            ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [])
          ]
        }
      )
      // ID tokens are judged by our clock, which tests may set; leeway for theirs.
      found.timeout = TIMEOUT_S
      known = { at: clock.now(), provider: found }
      return found
    } catch (error) {
      // What was known stays good while the provider is away for a moment.
      if (known !== undefined) return known.provider
      throw away(error)
    }
  }

  return {
    name: config.SOC_OIDC_NAME,
    issuer: named,
    async begin(redirectUri) {
      const found = await provider()
      const flow: Flow = {
        verifier: client.randomPKCECodeVerifier(),
        state: client.randomState(),
        nonce: client.randomNonce(),
        redirectUri,
        expiresAt: clock.now() + FLOW_MS
      }
      const url = client.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        state: flow.state,
        nonce: flow.nonce
      })
      if (flows.size >= MAX_FLOWS) flows.delete(flows.keys().next().value!)
      const cookie = randomId(32)
      flows.set(cookie, flow)
      return { url: url.href, cookie }
    },
    async finish(url, cookie) {
      const flow = flows.get(cookie)
      // Each answer is read once, whatever it says.
      flows.delete(cookie)
      if (flow === undefined || flow.expiresAt <= clock.now())
        throw new SocError('oidc.flow', 'this sign-in is over or belongs to another browser', { status: 401 })
      const found = await provider()
      const answer = new URL(flow.redirectUri)
      answer.search = url.search
      try {
        const tokens = await client.authorizationCodeGrant(found, answer, {
          pkceCodeVerifier: flow.verifier,
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          idTokenExpected: true
        })
        const claims = tokens.claims()!
        // Many providers keep the ID token small and tell the rest here; the library compares the subject.
        const more =
          found.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await client.fetchUserInfo(found, tokens.access_token, claims.sub)
        return personOf({ ...more, ...claims }, named, config.SOC_OIDC_ROLE_CLAIM)
      } catch (error) {
        throw refusalOf(error)
      }
    },
    async logoutUrl(returnTo) {
      const found = await provider().catch(() => undefined)
      if (found?.serverMetadata().end_session_endpoint === undefined) return undefined
      return client.buildEndSessionUrl(found, { post_logout_redirect_uri: returnTo }).href
    }
  }
}

const away = (error: unknown) =>
  new SocError('oidc.away', 'the identity provider does not answer', { status: 503, cause: error })

function refusalOf(error: unknown): SocError {
  if (error instanceof client.AuthorizationResponseError)
    return new SocError('oidc.denied', 'the identity provider refused', { status: 401, cause: error })
  const code = (error as { code?: unknown }).code
  // The network, a 5xx, or nothing that can be read: not the person's fault.
  if (error instanceof TypeError && code === undefined) return away(error)
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === 'OAUTH_RESPONSE_IS_NOT_JSON')
    return away(error)
  return new SocError('oidc.token', 'the answer of the identity provider is not valid', { status: 401, cause: error })
}

/** Longest text taken from a claim. */
const MAX_CLAIM = 255
const MAX_GROUPS = 500

function personOf(claims: client.IDToken, issuer: string, groupClaim: string): OidcPerson {
  const text = (value: unknown) => (typeof value === 'string' && value.length <= MAX_CLAIM ? value.trim() : '')
  const groups = claims[groupClaim]
  return {
    issuer,
    subject: claims.sub,
    email: claims['email_verified'] === true ? text(claims['email']).toLowerCase() : '',
    username: text(claims['preferred_username']).toLowerCase(),
    name: text(claims['name']),
    groups: [groups]
      .flat()
      .filter((group): group is string => typeof group === 'string')
      .slice(0, MAX_GROUPS)
  }
}

import type { oidcApi } from '#core/api/oidc.ts'
import type { sessionApi } from '#core/api/session.ts'
import type { welcomeApi } from '#core/api/welcome.ts'
import type { Call } from '../api/call.ts'

/** Signing in and out, and setting the own password. */
export const signInCalls = (call: Call<typeof sessionApi & typeof oidcApi & typeof welcomeApi>) => ({
  session: () => call('GET /api/session'),
  signIn: (username: string, password: string) => call('POST /api/session', { body: { username, password } }),
  takeStep: (step: { token: string; code?: string; reason?: string }) => call('POST /api/session/step', { body: step }),
  signInWays: () => call('GET /api/session/ways'),
  beginOidc: () => call('POST /api/session/oidc'),
  welcome: (token: string) => call('GET /api/welcome/:token', { params: { token } }),
  setPassword: (token: string, password: string) =>
    call('POST /api/welcome/:token', { params: { token }, body: { password } }),
  /** Where the identity provider signs out, when it has such an address. */
  signOut: () => call('DELETE /api/session'),
  changePassword: (current: string, next: string) => call('POST /api/session/password', { body: { current, next } })
})

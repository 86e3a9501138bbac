import type { accountApi } from '#core/api/accounts.ts'
import type { Call } from '../api/call.ts'

/** The own account. */
export const accountCalls = (call: Call<typeof accountApi>) => ({
  account: () => call('GET /api/account'),
  beginTotp: (password: string) => call('POST /api/account/totp', { body: { password } }),
  confirmTotp: (code: string) => call('POST /api/account/totp/confirm', { body: { code } }),
  renewRecovery: (code: string) => call('POST /api/account/totp/recovery', { body: { code } }),
  disableTotp: (password: string, code: string) => call('POST /api/account/totp/disable', { body: { password, code } }),
  endOwnSession: (id: string) => call('DELETE /api/account/sessions/:id', { params: { id } }),
  endOtherSessions: () => call('DELETE /api/account/sessions')
})

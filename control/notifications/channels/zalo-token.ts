import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Clock } from '#core/clock.ts'
import { messageOf } from '#core/errors.ts'
import { HOUR_MS } from '#core/time.ts'
import type { SendResult } from '../driver.ts'
import { jsonOf, post } from '../http-post.ts'

type StoredToken = { accessToken: string; refreshToken: string; renewedAt: number; expiresAt: number }
type Failure = Extract<SendResult, { kind: 'failed' }>

/** Renewed this long before it runs out (25 hours as documented). */
const EARLY_MS = 2 * HOUR_MS

/**
 * The access token of a Zalo OA, shared by its chat and ZNS. A refresh token works once and answers with the next one, so
 * each is written to a file (mode 600, replaced whole) before the new access token is used.
 */
export function createZaloToken(options: {
  appId: string
  appSecret: string
  /** From the settings; used until the file holds a newer one. */
  firstRefreshToken: string
  file: string
  clock: Clock
  url?: string
}) {
  const { clock } = options
  let stored = read(options.file)
  let renewing: Promise<Failure | undefined> | undefined

  async function renew(): Promise<Failure | undefined> {
    const answer = await post(options.url ?? 'https://oauth.zaloapp.com/v4/oa/access_token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded', secret_key: options.appSecret },
      body: new URLSearchParams({
        app_id: options.appId,
        grant_type: 'refresh_token',
        refresh_token: stored?.refreshToken ?? options.firstRefreshToken
      }).toString()
    })
    if ('kind' in answer) return answer
    const said = jsonOf(answer.text)
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = said
    if (typeof accessToken !== 'string' || typeof refreshToken !== 'string')
      return {
        kind: 'failed',
        class: answer.status >= 500 ? 'retryable' : 'config',
        code: `zalo.token_${String(said['error'] ?? answer.status).slice(0, 20)}`,
        detail: typeof said['error_description'] === 'string' ? said['error_description'].slice(0, 200) : ''
      }
    const now = clock.now()
    stored = { accessToken, refreshToken, renewedAt: now, expiresAt: now + (Number(seconds) || 90_000) * 1000 }
    try {
      write(options.file, stored)
    } catch (error) {
      // StoredToken in memory it still serves until the next start; then the settings need a new one, and this says so.
      return { kind: 'failed', class: 'config', code: 'zalo.token_not_kept', detail: messageOf(error).slice(0, 200) }
    }
    return undefined
  }

  return {
    configured:
      options.appId !== '' && options.appSecret !== '' && (options.firstRefreshToken !== '' || stored !== undefined),
    /** The token, or why there is none. Callers that come while it is renewed wait for the same answer. */
    async get(): Promise<string | Failure> {
      if (stored === undefined || stored.expiresAt - clock.now() < EARLY_MS) {
        renewing ??= renew().finally(() => (renewing = undefined))
        const failure = await renewing
        // A token that still runs is used up before its renewal is missed.
        if (failure !== undefined && (stored === undefined || stored.expiresAt <= clock.now())) return failure
      }
      return stored!.accessToken
    },
    /** The provider no longer takes it: the next call renews it. */
    refused(): void {
      if (stored !== undefined) stored = { ...stored, expiresAt: 0 }
    },
    age: () => (stored === undefined ? undefined : { renewedAt: stored.renewedAt, expiresAt: stored.expiresAt })
  }
}

export type ZaloToken = ReturnType<typeof createZaloToken>

function read(file: string): StoredToken | undefined {
  try {
    const { accessToken, refreshToken, renewedAt, expiresAt } = JSON.parse(
      readFileSync(file, 'utf8')
    ) as Partial<StoredToken>
    return typeof accessToken === 'string' &&
      typeof refreshToken === 'string' &&
      Number.isFinite(renewedAt) &&
      Number.isFinite(expiresAt)
      ? { accessToken, refreshToken, renewedAt: renewedAt!, expiresAt: expiresAt! }
      : undefined
  } catch {
    // Not there yet, or cut short by a full disk: the settings' token is tried.
    return undefined
  }
}

function write(file: string, stored: StoredToken) {
  writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
}

import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'

/** A second step is given this long, and this many tries; then the first begins again. */
const STEP_MS = 5 * 60_000
const MAX_TRIES = 5
/** Steps waiting at once; at the ceiling the oldest is forgotten, and its person signs in again. */
const MAX_WAITING = 10_000

/** What the second step asks for: a code of the app (or a recovery code), or the reason of a break-glass sign-in. */
export type StepKind = 'code' | 'reason'
export type PendingStep = {
  userId: string
  username: string
  kind: StepKind
  address: string
}

/** Sign-ins whose password was right and that lack their second step. Memory only: a restart asks for the password again. */
export type SignInSteps = {
  begin(step: PendingStep): { token: string; expiresAt: number }
  /** Counts a try. Throws `session.step_expired`, 401, when it is unknown, over, or tried too often. */
  attempt(token: string): PendingStep
  end(token: string): void
}

export function createSignInSteps(clock: Clock): SignInSteps {
  const waiting = new Map<string, PendingStep & { expiresAt: number; tries: number }>()
  return {
    begin(step) {
      if (waiting.size >= MAX_WAITING) waiting.delete(waiting.keys().next().value!)
      const token = randomId(32)
      const expiresAt = clock.now() + STEP_MS
      waiting.set(token, { ...step, expiresAt, tries: 0 })
      return { token, expiresAt }
    },
    attempt(token) {
      const step = waiting.get(token)
      if (step === undefined || step.expiresAt <= clock.now() || step.tries >= MAX_TRIES) {
        waiting.delete(token)
        throw new SocError('session.step_expired', 'sign in again: this step is over', { status: 401 })
      }
      step.tries++
      return step
    },
    end: (token) => void waiting.delete(token)
  }
}

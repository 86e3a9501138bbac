import { AsyncLocalStorage } from 'node:async_hooks'

const attempts = new AsyncLocalStorage<(error: unknown) => void>()

/** Runs an attempt so that what is thrown later in one of its own event handlers is known to be its own. */
export function fenced<Value>(end: (error: unknown) => void, work: () => Value): Value {
  return attempts.run(end, work)
}

/** Of an exception that nobody caught: ends the attempt in which it was thrown. False when it belongs to none. */
export function endsAttempt(error: unknown): boolean {
  const end = attempts.getStore()
  end?.(error)
  return end !== undefined
}

/** Times that the engine waits; milliseconds. Shorter ones are for demonstrations and tests. */
export type HealthSettings = {
  /** An outage is announced at the earliest so long after it is confirmed: what fails together is one thing. */
  settleMs: number
  /** What is still down for itself so long after its root came back has an alert of its own. */
  recoverySettleMs: number
  /** Longest wait for a fresh result of what a failing system stands on. */
  holdMaxMs: number
}

export const defaultSettings: HealthSettings = { settleMs: 15_000, recoverySettleMs: 60_000, holdMaxMs: 120_000 }

/** How far back a result may still change the truth: 5 attempts of 60 s with 60 s between them, and some. */
export const REWIND_MS = 15 * 60_000
/** The engine notes that it lives so often: after a crash at most this much is UNKNOWN that was known. */
export const LIFE_MS = 5_000

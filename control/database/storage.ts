import type { Clock } from '#core/clock.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { isNoRoom, isStorageError } from '#core/storage-error.ts'

/** Since when the control database cannot be written, and why: `full` for a volume without room. */
export type StorageAway = { since: number; why: 'full' | 'failing'; reason: string }

/** What is written to see whether there is room again: more than the log of the database may have left over. */
export const LOOK_BYTES = 64 * 1024

/**
 * Whether the control database takes writes: a volume that is full or fails is a state, not a fault. Every write passes `guard`,
 * which turns such an error into `control.storage_full`; what time or another thread brings passes `write`, which lets the turn go.
 */
export class Storage {
  #away: StorageAway | undefined
  readonly #clock: Clock
  readonly #listeners: ((away: StorageAway | undefined) => void)[] = []
  readonly #look: () => void

  /** `look` writes {@link LOOK_BYTES} durably, past the guard. */
  constructor(clock: Clock, look: () => void) {
    this.#clock = clock
    this.#look = look
  }

  /** Undefined while writes are taken. */
  get away(): StorageAway | undefined {
    return this.#away
  }

  /** Heard when writes are refused for the first time, and when they are taken again. */
  onChanged(listener: (away: StorageAway | undefined) => void): void {
    this.#listeners.push(listener)
  }

  /** Runs a write; throws `control.storage_full` (503) when the volume refused it, anything else as it is. */
  guard<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof SocError || !isStorageError(error)) throw error
      this.#set({ since: this.#clock.now(), why: isNoRoom(error) ? 'full' : 'failing', reason: messageOf(error) })
      throw new SocError('control.storage_full', `the control database cannot be written: ${messageOf(error)}`, {
        cause: error,
        status: 503
      })
    }
  }

  /** Runs what may be left out this time; false when the volume refused it. For timers and messages, which nobody waits for. */
  write(act: () => unknown): boolean {
    try {
      this.guard(act)
      return true
    } catch (error) {
      if (isStorageError(error)) return false
      throw error
    }
  }

  /** While writes are refused: tries one. A timer calls it. */
  look(): void {
    if (this.#away === undefined) return
    if (this.write(this.#look)) this.#set(undefined)
  }

  #set(away: StorageAway | undefined) {
    // The first error says since when; those after it are the same state.
    if ((away === undefined) === (this.#away === undefined)) return
    this.#away = away
    for (const listener of this.#listeners) listener(away)
  }
}

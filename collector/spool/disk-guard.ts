import type { Clock } from '#core/clock.ts'
import type { Disk } from './disk.ts'

export type Refusal = 'quota' | 'disk' | 'backlog' | 'failed'

/** Free space is looked at this often, and after this much was written. */
const CHECK_EVERY_MS = 1_000
const CHECK_EVERY_BYTES = 32 * 1024 * 1024
/**
 * Between two looks the spool may use one part in so many of the room above the reserve: what it took is written again by
 * the store and by its log, and others write too.
 */
const PARTS = 4

/** Says no before the disk is full: at the spool's own quota, at the volume's reserve, and after a disk error. */
export class DiskGuard {
  readonly #folder: string
  readonly #disk: Disk
  readonly #clock: Clock
  readonly #limits: { maxBytes: number; reserveBytes: number }
  #refusal: 'disk' | 'failed' | undefined
  #broken = false
  #checkedAt = 0
  #unchecked = 0
  /** Room above the reserve at the last look. */
  #room = Infinity
  #checking = false

  constructor(folder: string, disk: Disk, clock: Clock, limits: { maxBytes: number; reserveBytes: number }) {
    this.#folder = folder
    this.#disk = disk
    this.#clock = clock
    this.#limits = limits
  }

  /** `bytes`: what the spool would hold; `waiting`: how much of it is not written yet. */
  refusal(bytes: number, waiting = 0): Refusal | undefined {
    if (!this.#broken && this.#clock.now() - this.#checkedAt >= CHECK_EVERY_MS) this.check()
    if (this.#refusal !== undefined) return this.#refusal
    if (this.#unchecked + waiting > this.#room / PARTS) {
      this.check()
      return 'disk'
    }
    return bytes > this.#limits.maxBytes ? 'quota' : undefined
  }

  wrote(bytes: number) {
    this.#unchecked += bytes
    if (this.#unchecked >= Math.min(CHECK_EVERY_BYTES, this.#room / PARTS / 2)) this.check()
  }

  /** Looks at the free space; the answer counts from when it is there. A disk with room again may be tried again. */
  check() {
    if (this.#checking || this.#broken) return
    this.#checking = true
    this.#checkedAt = this.#clock.now()
    this.#unchecked = 0
    this.#disk
      .free(this.#folder)
      .then((free) => {
        this.#room = Math.max(0, free - this.#limits.reserveBytes)
        if (!this.#broken) this.#refusal = free < this.#limits.reserveBytes ? 'disk' : undefined
      })
      .catch(() => {
        this.#refusal = 'failed'
      })
      .finally(() => {
        this.#checking = false
      })
  }

  /** A write failed: nothing is taken until the next look at the disk says there is room. */
  failed(error: unknown) {
    const code = (error as NodeJS.ErrnoException).code
    this.#refusal = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk' : 'failed'
    this.#checkedAt = this.#clock.now()
  }

  /** The file could not even be put back in order: only a new start repairs this. */
  broken(_error: unknown) {
    this.#refusal = 'failed'
    this.#broken = true
  }
}

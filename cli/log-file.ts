import { closeSync, fstatSync, openSync, renameSync, rmSync, write } from 'node:fs'

/** Size at which a file of the log is put aside, and how many files there are with the one being written. */
const MAX_BYTES = 32 * 1024 * 1024
const FILES = 5
/** Lines that wait for the disk; beyond it they are dropped and counted: a log must not fill the memory. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024
/** A disk that refused a write is tried again with the next line after this. */
const RETRY_MS = 1_000

export type LogFileOptions = { maxBytes?: number; files?: number; now?: () => number }

/**
 * The process log as pino writes to it: `soc.log`, put aside as `soc.log.1` … when it is full. It never throws and never
 * holds the program: on a full or stalled disk lines are dropped, and how many is said when there is room again.
 */
export class LogFile {
  readonly #path: string
  readonly #maxBytes: number
  readonly #files: number
  readonly #now: () => number
  #descriptor: number | undefined
  #size = 0
  #waiting: string[] = []
  #waitingBytes = 0
  #writing = false
  #idle: (() => void)[] = []
  #dropped = 0
  #failedAt = -Infinity

  /** Throws when the file cannot be opened at all: that is said at the start. */
  constructor(path: string, options: LogFileOptions = {}) {
    this.#path = path
    this.#maxBytes = options.maxBytes ?? MAX_BYTES
    this.#files = options.files ?? FILES
    this.#now = options.now ?? (() => performance.now())
    this.#open()
  }

  /** Takes one line; written soon, in order. */
  write(line: string): void {
    if (this.#descriptor === undefined) return
    if (this.#waitingBytes > MAX_WAITING_BYTES || this.#now() - this.#failedAt < RETRY_MS) {
      this.#dropped++
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += Buffer.byteLength(line)
    if (!this.#writing) this.#writeNext()
  }

  /** Resolves when nothing waits and nothing is being written. */
  async idle(): Promise<void> {
    while (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Writes what waits: the last act before the process ends. */
  async close(): Promise<void> {
    await this.idle()
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open() {
    this.#descriptor = openSync(this.#path, 'a', 0o600)
    this.#size = fstatSync(this.#descriptor).size
  }

  #writeNext() {
    if (this.#waiting.length === 0) return
    if (this.#size >= this.#maxBytes && !this.#rotate()) return this.#failed()
    const said = this.#dropped === 0 ? [] : [this.#gap()]
    const bytes = Buffer.from([...said, ...this.#waiting].join(''))
    this.#waiting = []
    this.#waitingBytes = bytes.length
    this.#writing = true
    write(this.#descriptor!, bytes, (error, written) => {
      this.#writing = false
      this.#waitingBytes = this.#waiting.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
      this.#size += written ?? 0
      // A full disk takes a part of the bytes before it refuses: the rest is lost with its line.
      if (error !== null || written < bytes.length) this.#failed()
      else if (said.length > 0) this.#dropped = 0
      this.#writeNext()
      if (!this.#writing) for (const resolve of this.#idle.splice(0)) resolve()
    })
  }

  #failed() {
    this.#dropped += this.#waiting.length + 1
    this.#waiting = []
    this.#waitingBytes = 0
    this.#failedAt = this.#now()
  }

  #gap = () =>
    `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, dropped: this.#dropped, msg: 'lines of this log were lost: the disk took none' })}\n`

  /** Puts the full file aside; the oldest goes. False when the disk does not let us. */
  #rotate(): boolean {
    try {
      rmSync(`${this.#path}.${this.#files - 1}`, { force: true })
      for (let number = this.#files - 2; number >= 0; number--) {
        const from = number === 0 ? this.#path : `${this.#path}.${number}`
        try {
          renameSync(from, `${this.#path}.${number + 1}`)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        }
      }
      const full = this.#descriptor
      this.#open()
      if (full !== undefined) closeSync(full)
      return true
    } catch {
      return false
    }
  }
}

import type { LinkTask, TaskAnswerKind } from '#core/api/tasks.ts'

/** Waits between tries of an answer that could not be sent; the last one repeats. */
const RETRY_MS = [2_000, 5_000, 10_000, 20_000]
/** Where an answer on its way is kept, so that a closed page still sends it. */
const KEPT = 'vong-lau-task'

export type Fault = { code: string; task: string; hotline: string }
type Kept = { path: string; nonce: string; kind: TaskAnswerKind; text: string }

export type LinkParts = {
  fetch: typeof globalThis.fetch
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null
  /** The link's token, from the address. */
  token: string
  later: (work: () => void, ms: number) => void
  /** Milliseconds of this device's clock. */
  now: () => number
}

/**
 * The task behind a link and the way of an answer: an answer that cannot be sent is kept and tried again with the same
 * nonce, so that it counts once however often it arrives.
 */
export class LinkDesk {
  task = $state.raw<LinkTask | null>(null)
  fault = $state.raw<Fault | null>(null)
  /** The answer on its way; null when everything is said. */
  pending = $state.raw<Kept | null>(null)
  /** The last try did not reach the server. */
  waiting = $state(false)
  uploading = $state<string | null>(null)
  #tries = 0
  /** Files go one after the other; one chosen meanwhile waits its turn. */
  #files: Promise<unknown> = Promise.resolve()
  #busy = false
  #aheadMs = 0
  readonly #parts: LinkParts

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.pending = this.#kept()
  }

  /** Now by the server's clock. */
  now(): number {
    return this.#parts.now() + this.#aheadMs
  }

  async open(): Promise<void> {
    await this.#take(() => this.#parts.fetch(this.#url(''), { credentials: 'same-origin' }))
    if (this.task !== null) await this.flush()
  }

  /** One answer; while one is on its way nothing else is said. */
  async say(kind: TaskAnswerKind, text = ''): Promise<void> {
    const nonce = this.task?.nonce
    if (this.pending !== null || nonce === null || nonce === undefined) return
    this.#keep({ path: this.#url(''), nonce, kind, text: text.trim() })
    await this.flush()
  }

  /** Sends what is kept; called again by time, by the network coming back, and by the page being looked at. */
  async flush(): Promise<void> {
    const { pending } = this
    if (pending === null || this.#busy) return
    this.#busy = true
    const { nonce, kind, text } = pending
    const code = await this.#take(() =>
      this.#parts.fetch(this.#url('/answers'), {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ nonce, kind, ...(text === '' ? {} : { text }) })
      })
    )
    this.#busy = false
    this.waiting = code === 'network'
    if (code === 'network') {
      const wait = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] ?? 0
      this.#tries += 1
      this.#parts.later(() => void this.flush(), wait)
      return
    }
    this.#tries = 0
    if (code === 'task_link.nonce') return this.#renew(pending)
    this.#keep(null)
  }

  /** Sends one file after those chosen before it; true when it was kept. The page shows what went wrong. */
  send(file: Blob, name: string): Promise<boolean> {
    const turn = this.#files.then(() => this.#send(file, name))
    this.#files = turn.catch(() => false)
    return turn
  }

  async #send(file: Blob, name: string): Promise<boolean> {
    const nonce = this.task?.nonce
    if (this.pending !== null || nonce === null || nonce === undefined) return false
    this.uploading = name
    const code = await this.#take(() =>
      this.#parts.fetch(this.#url('/files'), {
        method: 'POST',
        credentials: 'same-origin',
        headers: {
          'content-type': 'application/octet-stream',
          'x-task-nonce': nonce,
          'x-file-name': encodeURIComponent(name.slice(0, 200))
        },
        body: file
      })
    )
    this.uploading = null
    if (code === 'task_link.nonce') await this.open()
    return code === null
  }

  /** The page was open too long: the answer goes out with a fresh nonce, as it was never taken. */
  async #renew(pending: Kept): Promise<void> {
    this.fault = null
    await this.#take(() => this.#parts.fetch(this.#url(''), { credentials: 'same-origin' }))
    const nonce = this.task?.nonce
    if (this.fault !== null || nonce === null || nonce === undefined || nonce === pending.nonce) return this.#keep(null)
    this.#keep({ ...pending, nonce })
    await this.flush()
  }

  /** Runs a request and takes its answer; the code of what went wrong, `network` for what may work later. */
  async #take(request: () => Promise<Response>): Promise<string | null> {
    let code = 'network'
    let params: Record<string, unknown> = {}
    try {
      const response = await request()
      const said = (await response.json()) as Record<string, unknown>
      if (response.ok) {
        this.task = said as unknown as LinkTask
        this.#aheadMs = this.task.now - this.#parts.now()
        this.fault = null
        return null
      }
      const later = response.status >= 500 || response.status === 429
      if (!later) code = String(said['code'])
      params = (said['params'] ?? {}) as Record<string, unknown>
    } catch {
      // No network, or a proxy's page instead of our answer: both may be over in a moment.
    }
    // An answer that waits for the network says so at its own place.
    if (code !== 'network' || this.pending === null || this.task === null)
      this.fault = {
        code,
        task: String(params['code'] ?? this.task?.code ?? ''),
        hotline: String(params['hotline'] ?? '')
      }
    return code
  }

  #url(end: string): string {
    return `/api/task-links/${encodeURIComponent(this.#parts.token)}${end}`
  }

  #keep(pending: Kept | null): void {
    this.pending = pending
    try {
      if (pending === null) this.#parts.storage?.removeItem(KEPT)
      else this.#parts.storage?.setItem(KEPT, JSON.stringify(pending))
    } catch {
      // Storage is full or forbidden: the answer is kept as long as the page.
    }
  }

  #kept(): Kept | null {
    try {
      const kept = JSON.parse(this.#parts.storage?.getItem(KEPT) ?? 'null') as Kept | null
      return kept?.path === this.#url('') ? kept : null
    } catch {
      return null
    }
  }
}

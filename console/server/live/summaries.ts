import type { SourceRow, Summary } from '#core/api/sources.ts'
import { mask } from '#control/rights/masking.ts'
import type { Scope } from '#control/rights/scope.ts'
import { createChangeNotice } from '#control/senders/source-rows.ts'
import type { Audiences, LiveSocket } from './audiences.ts'
import type { Pending } from './pending.ts'

const SUMMARY_MS = 1000
/** Making summaries takes at most this share of the thread: with many viewers and alerts they come less often. */
const SUMMARY_SHARE = 0.05
/** Sources change with every frame; screens hear of it this often. */
const SOURCES_MS = 5000

/** What the feed reads when it is time to send: one viewer's summary, and every source. */
export type LiveViews = { summary(userId: string, scope: Scope): Summary; sources(): SourceRow[] }

type SummaryParts = {
  audiences: Audiences
  pending: Pending
  views: LiveViews
  later(work: () => void, ms: number): NodeJS.Timeout
}

/** Every viewer's own counts, at most once a second, and only when they changed. */
export class Summaries {
  #timer: NodeJS.Timeout | undefined
  #nextAt = 0
  #sourcesAt = -SOURCES_MS
  readonly #last = new WeakMap<LiveSocket, string>()
  readonly #changedSources = createChangeNotice()
  readonly #parts: SummaryParts

  constructor(parts: SummaryParts) {
    this.#parts = parts
  }

  schedule() {
    if (this.#parts.audiences.size === 0) return
    this.#timer ??= this.#parts.later(() => this.#send(), this.#nextAt - performance.now())
  }

  stop() {
    clearTimeout(this.#timer)
  }

  #send() {
    const { audiences, pending, views } = this.#parts
    const began = performance.now()
    this.#timer = undefined
    this.#noticeSources(began)
    // Rows first: a count never runs ahead of what it counts.
    pending.flush()
    for (const audience of audiences.all()) {
      const standing = audiences.standingOf(audience, 'summary:changed')
      if (standing === undefined) continue
      const made = new Map<string, Summary>()
      for (const socket of audience.sockets) {
        const { user } = socket.data
        const summary = made.get(user) ?? views.summary(user, standing.scope)
        made.set(user, summary)
        const text = JSON.stringify(summary)
        if (this.#last.get(socket) === text) continue
        this.#last.set(socket, text)
        socket.emit('summary:changed', mask(summary))
      }
    }
    const ended = performance.now()
    this.#nextAt = Math.max(began + SUMMARY_MS, ended + (ended - began) / SUMMARY_SHARE)
  }

  /** Puts sources that changed since the last look into the next flush. */
  #noticeSources(now: number) {
    if (now - this.#sourcesAt < SOURCES_MS) return
    this.#sourcesAt = now
    for (const row of this.#changedSources(this.#parts.views.sources())) this.#parts.pending.sourceWithNext(row)
  }
}

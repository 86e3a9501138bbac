import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { NotificationRow } from '#core/api/notifications.ts'
import type { SourceRow } from '#core/api/sources.ts'
import type { TaskRow } from '#core/api/tasks.ts'

/** Longest wait of a changed row for others to go with it. */
const COALESCE_MS = 50
/** Rows waiting for the next flush; at the ceiling they go out at once. */
const MAX_PENDING = 1000

/** What waits for the next flush: each row once, in its newest form. */
export type PendingRows = {
  alerts: AlertRow[]
  incidents: IncidentRow[]
  tasks: TaskRow[]
  notifications: NotificationRow[]
  sources: SourceRow[]
  wall: Wall | undefined
}

/** Rows on their way to the screens, held for a blink so that a burst shares a flush. */
export class Pending {
  readonly #alerts = new Map<string, AlertRow>()
  readonly #incidents = new Map<string, IncidentRow>()
  readonly #tasks = new Map<string, TaskRow>()
  readonly #notifications = new Map<number, NotificationRow>()
  readonly #sources = new Map<string, SourceRow>()
  #wall: Wall | undefined
  #timer: NodeJS.Timeout | undefined
  #flushedAt = 0
  readonly #send: (rows: PendingRows) => void
  readonly #later: (work: () => void, ms: number) => NodeJS.Timeout

  constructor(send: (rows: PendingRows) => void, later: (work: () => void, ms: number) => NodeJS.Timeout) {
    this.#send = send
    this.#later = later
  }

  alert(row: AlertRow) {
    putNewer(this.#alerts, row)
    this.#schedule()
  }
  incident(row: IncidentRow) {
    putNewer(this.#incidents, row)
    this.#schedule()
  }
  task(row: TaskRow) {
    putNewer(this.#tasks, row)
    this.#schedule()
  }
  notification(row: NotificationRow) {
    this.#notifications.set(row.id, row)
    this.#schedule()
  }
  source(row: SourceRow) {
    this.#sources.set(row.id, row)
    this.#schedule()
  }
  /** Goes out with the next flush, whenever that is. */
  sourceWithNext(row: SourceRow) {
    this.#sources.set(row.id, row)
  }
  health(wall: Wall) {
    this.#wall = wall
    this.#schedule()
  }

  flush() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushedAt = performance.now()
    const rows: PendingRows = {
      alerts: [...this.#alerts.values()],
      incidents: [...this.#incidents.values()],
      tasks: [...this.#tasks.values()],
      notifications: [...this.#notifications.values()],
      sources: [...this.#sources.values()],
      wall: this.#wall
    }
    // Emptied first: a row that cannot be sent must not come back with every flush.
    for (const map of this.#maps()) map.clear()
    this.#wall = undefined
    this.#send(rows)
  }

  stop() {
    clearTimeout(this.#timer)
  }

  #maps() {
    return [this.#alerts, this.#incidents, this.#tasks, this.#notifications, this.#sources]
  }
  #schedule() {
    if (this.#maps().reduce((sum, map) => sum + map.size, 0) >= MAX_PENDING) return this.flush()
    // The first row after a quiet time goes out with the next turn of the loop; a burst shares a flush.
    this.#timer ??= this.#later(() => this.flush(), COALESCE_MS - (performance.now() - this.#flushedAt))
  }
}

function putNewer<T extends { id: string; revision: number }>(map: Map<string, T>, row: T) {
  const waiting = map.get(row.id)
  if (waiting === undefined || waiting.revision <= row.revision) map.set(row.id, row)
}

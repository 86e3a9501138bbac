import type { IntakeNotice, NoticeKind } from '#core/data-plane.ts'

/** The same thing is told at most this often; who holds a door goes on doing so, and is told of once an hour. */
const QUIET_MS = 60_000
const HELD_QUIET_MS = 60 * 60_000
const quietOf = ({ kind }: { kind: NoticeKind }) => (kind === 'door_held' ? HELD_QUIET_MS : QUIET_MS)
/** Different things remembered (kind × sender × address × listener); further addresses share one line. */
const MAX_SUBJECTS = 1_000

type Subject = { notice: IntakeNotice; toldAt: number }

/** Tells the first occurrence at once and then, once a minute, how many more there were. */
export class Notices {
  readonly #tell: (notice: IntakeNotice) => void
  readonly #subjects = new Map<string, Subject>()

  constructor(tell: (notice: IntakeNotice) => void) {
    this.#tell = tell
  }

  add(notice: Omit<IntakeNotice, 'count'>, count = 1) {
    const address = notice.peer.replace(/:\d+$/, '')
    const exact = [notice.kind, notice.origin, notice.sender, notice.listener, address, notice.detail ?? ''].join(' ')
    const full = !this.#subjects.has(exact) && this.#subjects.size >= MAX_SUBJECTS
    const key = full ? [notice.kind, notice.origin, notice.listener].join(' ') : exact
    const known = this.#subjects.get(key)
    if (known === undefined) {
      this.#subjects.set(key, { notice: { ...notice, count: 0 }, toldAt: notice.at })
      this.#tell({ ...notice, count })
      return
    }
    known.notice = { ...notice, count: known.notice.count + count }
    this.#tellWhenDue(known, notice.at)
  }

  /** To be called every second or so: tells what was held back, and forgets what has been quiet. */
  tick(now: number) {
    for (const [key, subject] of this.#subjects) {
      if (subject.notice.count > 0) this.#tellWhenDue(subject, now)
      else if (now - subject.toldAt >= quietOf(subject.notice)) this.#subjects.delete(key)
    }
  }

  #tellWhenDue(subject: Subject, now: number) {
    if (now - subject.toldAt < quietOf(subject.notice)) return
    this.#tell(subject.notice)
    subject.notice = { ...subject.notice, count: 0 }
    subject.toldAt = now
  }
}

import type { AlertAct, AlertActAnswer } from '#core/api/alerts.ts'
import { codeText, t } from '../i18n/text.svelte.ts'
import type { Notices } from '../shell/notices.svelte.ts'
import type { Queue, Removed } from './queue.svelte.ts'
import type { Feed } from '../live/feed.ts'
import { failureOf } from '../live/remote.svelte.ts'

type Act = AlertAct['act']

/** Judges alerts: tells the server, moves the queue, and offers the way back for 30 seconds. */
export class AlertActs {
  /** An act is on its way; a second key press meanwhile is ignored, not queued. */
  busy = $state(false)
  readonly #send: (act: AlertAct) => Promise<AlertActAnswer>
  readonly #queue: Queue
  readonly #notices: Notices
  /** Panels that show the same alerts hear the answer there. */
  readonly #feed: Feed

  constructor(send: (act: AlertAct) => Promise<AlertActAnswer>, queue: Queue, notices: Notices, feed: Feed) {
    this.#send = send
    this.#queue = queue
    this.#notices = notices
    this.#feed = feed
  }

  /** Performs one act; resolves to the answer, or null when it was refused (the notice says why). */
  async perform(ids: readonly string[], act: Act): Promise<AlertActAnswer | null> {
    if (this.busy || ids.length === 0) return null
    this.busy = true
    const running = this.#run(ids, act)
    this.#notices.starts(running)
    return running
  }

  async #run(ids: readonly string[], act: Act): Promise<AlertActAnswer | null> {
    try {
      const answer = await this.#send({ ids: [...ids], act })
      for (const alert of answer.alerts) this.#queue.receive(alert)
      const removed = this.#leaves(act) ? this.#queue.remove(ids) : null
      this.#feed.emit('alerts:answered', answer)
      this.#queue.clearSelection()
      void this.#queue.recount()
      const text = said(act, ids.length, answer.incident)
      const { deed } = answer
      // What changed nothing has no way back: it would lead past this act.
      this.#notices.done(text, deed === undefined ? null : () => this.#undo(ids, deed, text, removed))
      return answer
    } catch (error) {
      const failure = failureOf(error, 0)
      this.#notices.failed(codeText('error', failure.code, failure.params))
      return null
    } finally {
      this.busy = false
    }
  }

  async #undo(ids: readonly string[], deed: string, text: string, removed: Removed | null): Promise<boolean> {
    this.busy = true
    try {
      const answer = await this.#send({ ids: [...ids], act: { kind: 'undo', deed } })
      const skipped = answer.skipped ?? []
      if (removed !== null) this.#queue.restore(without(removed, skipped), answer.alerts)
      else for (const alert of answer.alerts) this.#queue.receive(alert)
      void this.#queue.recount()
      this.#feed.emit('alerts:answered', answer)
      this.#notices.done(
        skipped.length === 0
          ? t('act.undone', text)
          : t('act.undone.except', text, skipped.slice(0, 5).join(', '), skipped.length)
      )
      return true
    } catch (error) {
      const failure = failureOf(error, 0)
      this.#notices.failed(codeText('error', failure.code, failure.params))
      return failure.code === 'undo.nothing'
    } finally {
      this.busy = false
    }
  }

  // A verdict, a wait and an archive end the work for now; an acknowledged or merged alert stays under the cursor, because its reader is just starting.
  #leaves(act: Act): boolean {
    const { tab } = this.#queue.filter
    if (act.kind === 'verdict') return tab !== 'closed' && tab !== 'all'
    if (act.kind === 'archive') return tab !== 'archived' && tab !== 'all'
    if (act.kind === 'wait') return tab === 'new' || tab === 'escalated'
    return act.kind === 'reopen' && (tab === 'closed' || tab === 'archived')
  }
}

/** Rows that were not given back do not come back to the list. */
function without(removed: Removed, skipped: readonly string[]): Removed {
  return { ...removed, rows: removed.rows.filter(({ row }) => !skipped.includes(row.id)) }
}

function said(act: Act, alerts: number, incident: string | null): string {
  switch (act.kind) {
    case 'verdict':
      return t('act.said.verdict', alerts, codeText('verdict', act.verdict))
    case 'merge':
      return t('act.said.merge', alerts, incident ?? '')
    default:
      return t(`act.said.${act.kind}`, alerts)
  }
}

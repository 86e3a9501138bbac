/* eslint-disable svelte/prefer-svelte-reactivity -- collections here are plain and replaced whole ($state.raw), never changed in place */
import type { AlertDetail, AlertRow } from '#core/api/alerts.ts'
import type { Feed } from '../live/feed.ts'
import { Renewal } from '../live/renewal.ts'
import { Remote } from '../live/remote.svelte.ts'

/** Alerts kept for going back and forth without waiting; the oldest is forgotten first. */
export const KEPT_MAX = 30
/** An alert that counts a flood is renewed this often, not with every push; milliseconds. */
export const RENEW_MS = 3_000

/** The alert in the open panel. What was seen before is shown at once and renewed behind it. */
export class Details {
  readonly remote: Remote<AlertDetail>
  #kept = new Map<string, AlertDetail>()
  #id: string | null = null
  readonly #fetch: (id: string) => Promise<AlertDetail>

  constructor(fetch: (id: string) => Promise<AlertDetail>, now: () => number) {
    this.#fetch = fetch
    this.remote = new Remote(now)
  }

  async show(id: string | null): Promise<void> {
    this.#id = id
    this.remote.clear()
    if (id === null) return
    const kept = this.#kept.get(id)
    if (kept !== undefined) this.remote.set(kept)
    await this.renew()
  }

  async renew(): Promise<void> {
    const id = this.#id
    if (id === null) return
    await this.remote.load(async () => {
      const detail = await this.#fetch(id)
      this.#keep(id, detail)
      return detail
    })
  }

  /** A newer row of the alert shown: its head changes at once. Returns true when the rest should be renewed. */
  receive(alert: AlertRow): boolean {
    const detail = this.remote.value
    if (detail === null || detail.alert.id !== alert.id || detail.alert.revision >= alert.revision) return false
    this.remote.value = { ...detail, alert }
    return true
  }

  /** Hears what changes the alert shown: pushes, answers to acts on it, a reconnect; the returned function ends that. */
  listen(feed: Feed): () => void {
    const renewal = new Renewal(() => void this.renew(), RENEW_MS)
    const stop = feed.on({
      reconnected: () => void this.renew(),
      'alert:changed': (alert) => this.receive(alert) && renewal.soon(),
      'alerts:answered': ({ alerts }) => {
        const mine = alerts.find(({ id }) => id === this.#id)
        if (mine === undefined) return
        this.receive(mine)
        void this.renew()
      }
    })
    return () => {
      stop()
      renewal.stop()
    }
  }

  #keep(id: string, detail: AlertDetail): void {
    this.#kept.delete(id)
    this.#kept.set(id, detail)
    while (this.#kept.size > KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value ?? '')
  }
}

/* eslint-disable svelte/prefer-svelte-reactivity -- collections here are plain and replaced whole ($state.raw), never changed in place */
import type { SourceList, SourceRow } from '#core/api/sources.ts'
import { Remote } from '../live/remote.svelte.ts'

/** Senders remembered as heard or refused since this page was opened; the oldest is forgotten first. */
export const HEARD_MAX = 200
export type Heard = { at: number; refusal: string | null }

/** Sources with their ledger; the live feed replaces single rows and tells when a new sender is first heard. */
export class Sources {
  readonly remote: Remote<SourceList>
  heard = $state.raw<ReadonlyMap<string, Heard>>(new Map())

  constructor(now: () => number, fetch?: () => Promise<SourceList>) {
    this.remote = new Remote(now, fetch)
  }

  receive(source: SourceRow): void {
    const list = this.remote.value
    if (list === null) return
    const at = list.sources.findIndex((row) => row.id === source.id)
    const sources = at === -1 ? [...list.sources, source] : list.sources.with(at, source)
    this.remote.value = { ...list, sources }
  }

  hear(sender: string, at: number, refusal: string | undefined): void {
    const heard = new Map(this.heard)
    heard.delete(sender)
    heard.set(sender, { at, refusal: refusal ?? null })
    while (heard.size > HEARD_MAX) heard.delete(heard.keys().next().value ?? '')
    this.heard = heard
  }
}

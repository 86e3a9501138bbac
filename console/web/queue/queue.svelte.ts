/* eslint-disable svelte/prefer-svelte-reactivity -- collections here are plain and replaced whole ($state.raw), never changed in place */
import type { AlertList, AlertRow, QueueTab } from '#core/api/alerts.ts'
import { fits, type AlertFilter } from './alert-filter.ts'
import { failureOf, type Failure } from '../live/remote.svelte.ts'

/** Rows asked for at once; the next page is fetched before the last row comes into view. */
export const PAGE = 200
/** More new rows than this are not kept one by one: revealing them then refetches the list. */
export const HELD_MAX = 500
/** After so many rows that came in by themselves the rest waits to be fetched anew, so that a wall screen cannot grow for ever. */
export const FOLLOWED_MAX = 1000
/** How much older than the last fetch an alert may be and still count as arrived: clocks agree to seconds only. */
const ARRIVED_MS = 5_000
/** A refetch renews at most so many rows; a reader further down goes on from there. */
export const RENEWED_MAX = 2000
/** Most alerts that one act may name (docs/api.md). */
export const ACT_MAX = 500

export type QueueParts = {
  fetch: (filter: AlertFilter, cursor: string | null, limit: number) => Promise<AlertList>
  me: () => string
  inUnit: (code: string) => boolean
  now: () => number
}

/** Rows taken off the list by an act, to be put back where they were. */
export type Removed = {
  rows: { row: AlertRow; index: number }[]
  /** The places are places in the list of this filter, no other. */
  filter: AlertFilter
  /** Where the cursor stood, and whether the panel was open there. */
  active: string | null
  panel: boolean
}

/**
 * The triage queue of this browser: fetched pages, the cursor, the selection, and the new rows that wait
 * behind "5 mới ↑" so that nothing shifts under a cursor.
 */
export class Queue {
  filter = $state.raw<AlertFilter>({ tab: 'new', unit: '', level: '', q: '', rule: '' })
  rows = $state.raw<readonly AlertRow[]>([])
  total = $state(0)
  counts = $state.raw<Partial<Record<QueueTab, number>>>({})
  loading = $state(false)
  loaded = $state(false)
  failure = $state.raw<Failure | null>(null)
  at = $state<number | null>(null)
  active = $state<string | null>(null)
  /** The alert of the open panel, null without one. While there is one, it is the active alert and no other: see {@link show}. */
  shown = $state<string | null>(null)
  selected = $state.raw<ReadonlySet<string>>(new Set())
  held = $state.raw<ReadonlyMap<string, AlertRow>>(new Map())
  heldOverflow = $state(false)
  /** Rows that arrived while somebody looked, to be shown as new for a moment. */
  fresh = $state.raw<ReadonlySet<string>>(new Set())
  cursor = $state<string | null>(null)
  readonly activeIndex = $derived(this.rows.findIndex((row) => row.id === this.active))
  readonly complete = $derived(this.loaded && this.cursor === null)

  /** Nobody's cursor is on the list, so new rows may come in by themselves. Set by the page. */
  follow = $state(false)
  #followed = 0
  #loadedAt: number | null = null
  #turn = 0
  #counting = 0
  #anchor: string | null = null
  readonly #parts: QueueParts

  constructor(parts: QueueParts) {
    this.#parts = parts
  }

  /** Fetches the first page; the cursor and the selection survive when their rows do. */
  async load(filter: AlertFilter = this.filter): Promise<void> {
    const turn = ++this.#turn
    const changed = JSON.stringify(filter) !== JSON.stringify(this.filter)
    this.filter = filter
    this.loading = true
    if (changed) this.#empty()
    const asked = this.#parts.now()
    try {
      let list = await this.#parts.fetch(filter, null, PAGE)
      let items = list.items
      // A list that was scrolled down is renewed as far as it was shown, so that a refetch does not move the reader.
      const shown = Math.min(this.rows.length, RENEWED_MAX)
      while (turn === this.#turn && list.cursor !== null && items.length < shown) {
        list = await this.#parts.fetch(filter, list.cursor, PAGE)
        items = [...items, ...list.items]
      }
      if (turn !== this.#turn) return
      this.#take(list, items)
      this.#loadedAt = asked
      this.held = new Map()
      this.heldOverflow = false
      this.loaded = true
    } catch (error) {
      if (turn === this.#turn) this.#fail(error)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }

  /** Renews the figures beside the tabs without touching the rows; a failure leaves the old figures. */
  async recount(): Promise<void> {
    if (!this.loaded) return
    const filter = this.filter
    const turn = ++this.#counting
    try {
      const list = await this.#parts.fetch(filter, null, 1)
      // Of several on their way only the last one counts.
      if (filter === this.filter && turn === this.#counting) this.counts = list.counts
    } catch {
      // The list itself says when the server is away.
    }
  }

  /** Fetches the next page, if there is one and none is on its way. */
  async more(): Promise<void> {
    const cursor = this.cursor
    if (cursor === null || this.loading || this.failure !== null) return
    const turn = ++this.#turn
    this.loading = true
    try {
      const list = await this.#parts.fetch(this.filter, cursor, PAGE)
      if (turn !== this.#turn) return
      const known = new Set(this.rows.map((row) => row.id))
      this.#take(list, [...this.rows, ...list.items.filter((row) => !known.has(row.id))])
    } catch (error) {
      if (turn === this.#turn) this.#fail(error)
    } finally {
      if (turn === this.#turn) this.loading = false
    }
  }

  /**
   * One pushed or answered row. A known row changes in place, a new one that fits waits in `held`, or goes on top
   * at once while `follow` is true. Returns true when the counts may have changed.
   */
  receive(alert: AlertRow): boolean {
    const index = this.rows.findIndex((row) => row.id === alert.id)
    const known = index === -1 ? this.held.get(alert.id) : this.rows[index]
    if (known !== undefined && known.revision >= alert.revision) return false
    if (index !== -1) {
      const leaves = this.follow && !fits(alert, this.filter, this.#parts.me(), this.#parts.inUnit)
      // While somebody stands in the list a row that left the filter stays and says so; otherwise it goes.
      this.rows = leaves ? this.rows.toSpliced(index, 1) : this.rows.with(index, alert)
      if (leaves) this.total = Math.max(0, this.total - 1)
      return known?.status !== alert.status
    }
    const wanted = fits(alert, this.filter, this.#parts.me(), this.#parts.inUnit)
    if (!wanted || (known === undefined && !this.#arrived(alert))) {
      if (known !== undefined) this.held = without(this.held, alert.id)
      return true
    }
    if (this.follow && this.held.size === 0 && this.loaded && this.#followed < FOLLOWED_MAX) {
      this.#followed += 1
      this.rows = [alert, ...this.rows]
      this.total += 1
      this.fresh = new Set([alert.id, ...[...this.fresh].slice(0, 50)])
    } else if (known !== undefined || this.held.size < HELD_MAX) {
      this.held = new Map(this.held).set(alert.id, alert)
    } else {
      this.heldOverflow = true
    }
    return true
  }

  /** Puts the waiting rows on top, newest first; after an overflow the list is fetched again instead. */
  async reveal(): Promise<void> {
    if (this.heldOverflow) return this.load()
    const known = new Set(this.rows.map((row) => row.id))
    const fresh = [...this.held.values()].filter((row) => !known.has(row.id)).sort((a, b) => b.lastSeen - a.lastSeen)
    this.rows = [...fresh, ...this.rows]
    this.total += fresh.length
    this.fresh = new Set(fresh.map((row) => row.id))
    this.held = new Map()
  }

  /** The panel opens on this alert, moves to it, or closes (null); the cursor goes with it, and stays where it was when it closes. */
  show(id: string | null): void {
    this.shown = id
    if (id !== null) this.active = id
  }

  /** Moves the cursor by rows; with `extend` the rows passed are selected. */
  move(step: number, extend = false): void {
    if (this.rows.length === 0) return
    const from = this.activeIndex
    const to = from === -1 ? (step > 0 ? 0 : this.rows.length - 1) : from + step
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, to))]
    if (row === undefined) return
    if (extend) {
      const start = this.rows[from]
      this.selected = new Set([...this.selected, ...(start ? [start.id] : []), row.id])
    }
    this.#stand(row.id)
  }

  /** Moves the cursor to the next row of the same entity; returns false when there is none among the rows fetched. */
  moveToEntity(step: 1 | -1): boolean {
    const from = this.rows[this.activeIndex]
    if (from === undefined) return false
    const values = new Set(from.entity.map((entity) => entity.value))
    for (let at = this.activeIndex + step; at >= 0 && at < this.rows.length; at += step) {
      const row = this.rows[at]
      if (row?.entity.some((entity) => values.has(entity.value))) {
        this.#stand(row.id)
        return true
      }
    }
    return false
  }

  /** Ticks or unticks a row; with `range` everything between the last ticked row and this one. */
  toggle(id: string, range = false): void {
    const selected = new Set(this.selected)
    const from = this.rows.findIndex((row) => row.id === this.#anchor)
    const to = this.rows.findIndex((row) => row.id === id)
    if (range && from !== -1 && to !== -1) {
      for (const row of this.rows.slice(Math.min(from, to), Math.max(from, to) + 1)) selected.add(row.id)
    } else if (!selected.delete(id)) {
      selected.add(id)
    }
    this.#anchor = id
    this.selected = selected
  }

  /**
   * Ticks every row fetched, up to what one act may name; asked again, also those of the filter not fetched yet; ticked
   * already, unticks all.
   */
  async selectAll(): Promise<void> {
    if (this.rows.length > 0 && this.selected.size >= Math.min(this.rows.length, ACT_MAX)) {
      if (this.cursor === null || this.selected.size >= ACT_MAX) return this.clearSelection()
      const filter = this.filter
      while (this.filter === filter && this.cursor !== null && this.rows.length < ACT_MAX) {
        const before = this.rows.length
        await this.more()
        if (this.rows.length === before) break
      }
      if (this.filter !== filter) return
    }
    this.selected = new Set(this.rows.slice(0, ACT_MAX).map((row) => row.id))
  }

  clearSelection(): void {
    this.selected = new Set()
    this.#anchor = null
  }

  /** What an act is about: the selection, else the alert of the open panel, else the row under the cursor. Never what nobody sees. */
  targets(): string[] {
    if (this.selected.size > 0) return [...this.selected].slice(0, ACT_MAX)
    if (this.shown !== null) return [this.shown]
    return this.active === null || this.activeIndex === -1 ? [] : [this.active]
  }

  /** Takes judged rows off the list; the cursor, and the panel with it, goes to the row that moves up. Returns what {@link restore} needs. */
  remove(ids: readonly string[]): Removed {
    const gone = new Set(ids)
    const rows = this.rows.map((row, index) => ({ row, index })).filter((entry) => gone.has(entry.row.id))
    const removed = { rows, filter: this.filter, active: this.active, panel: this.shown !== null }
    const activeAt = this.activeIndex
    this.rows = this.rows.filter((row) => !gone.has(row.id))
    this.total = Math.max(0, this.total - rows.length)
    // A panel on an alert outside this list has no next row: it stays and shows what was said.
    if (activeAt !== -1 && this.active !== null && gone.has(this.active)) {
      const above = rows.filter((entry) => entry.index < activeAt).length
      const next = this.rows[Math.min(activeAt - above, this.rows.length - 1)]
      this.#stand(next?.id ?? null)
    }
    this.selected = new Set([...this.selected].filter((id) => !gone.has(id)))
    return removed
  }

  /** Puts rows back where they were, as the server now knows them; the cursor goes back, and so does the panel if there was one. */
  restore(removed: Removed, answers: readonly AlertRow[]): void {
    if (JSON.stringify(removed.filter) !== JSON.stringify(this.filter)) {
      for (const alert of answers) this.receive(alert)
      return
    }
    const newest = new Map(answers.map((row) => [row.id, row]))
    const rows = [...this.rows]
    const present = new Set(rows.map((row) => row.id))
    const back = removed.rows.filter((entry) => !present.has(entry.row.id)).sort((a, b) => a.index - b.index)
    for (const { row, index } of back) rows.splice(Math.min(index, rows.length), 0, newest.get(row.id) ?? row)
    this.rows = rows.map((row) => newest.get(row.id) ?? row)
    // The push of the same change may have come first and put them among the new ones.
    const ids = new Set(removed.rows.map((entry) => entry.row.id))
    this.held = new Map([...this.held].filter(([id]) => !ids.has(id)))
    this.total += back.length
    const first = removed.rows[0]?.row.id
    if (first === undefined) return
    const active = removed.active !== null && ids.has(removed.active) ? removed.active : first
    if (removed.panel) this.show(active)
    else this.#stand(active)
  }

  /** Forgets everything, as before the first visit. */
  reset(): void {
    this.#turn += 1
    this.loading = false
    this.shown = null
    this.held = new Map()
    this.heldOverflow = false
    this.filter = { tab: 'new', unit: '', level: '', q: '', rule: '' }
    this.#empty()
  }

  // The cursor and an open panel are one.
  #stand(id: string | null): void {
    this.active = id
    if (this.shown !== null) this.shown = id
  }

  // An unknown row of a list fetched in part may be an old one further down that was only counted up: that is not news.
  #arrived(alert: AlertRow): boolean {
    if (this.complete) return true
    const since = (this.#loadedAt ?? Infinity) - ARRIVED_MS
    return alert.raisedAt >= since || (alert.reopened > 0 && alert.lastSeen >= since)
  }

  #empty(): void {
    this.rows = []
    this.cursor = null
    this.total = 0
    this.active = this.shown
    this.loaded = false
    this.failure = null
    this.clearSelection()
  }

  #take(list: AlertList, rows: readonly AlertRow[]): void {
    const present = new Set(rows.map((row) => row.id))
    this.rows = rows
    this.total = list.total
    this.counts = list.counts
    this.#counting += 1
    this.cursor = list.cursor
    this.at = this.#parts.now()
    this.#followed = 0
    this.failure = null
    this.selected = new Set([...this.selected].filter((id) => present.has(id)))
  }

  #fail(error: unknown): void {
    const failure = failureOf(error, this.#parts.now())
    this.failure = this.failure?.code === failure.code ? { ...failure, since: this.failure.since } : failure
  }
}

function without(map: ReadonlyMap<string, AlertRow>, id: string): ReadonlyMap<string, AlertRow> {
  const copy = new Map(map)
  copy.delete(id)
  return copy
}

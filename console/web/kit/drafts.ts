/** Where what is being typed is kept, so that neither an ended session nor a reload loses it. */
const KEPT = 'vong-lau-drafts'
/** Drafts of one tab; the one written longest ago goes first. */
const DRAFTS_MAX = 20
/** A longer draft is not kept: no field of ours takes as much. */
const DRAFT_MAX_CHARS = 60_000

/** What stood in the fields of a form, in their order; null for a field that is not kept. */
export type Draft = readonly (string | boolean | null)[]
type Kept = { person: string; drafts: [string, Draft][] }
type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Drafts of forms in this tab, of one person: whoever else signs in finds none of them. */
export class Drafts {
  #person = ''
  #drafts = new Map<string, Draft>()
  #closed = false
  readonly #storage: Storage | null

  constructor(storage: Storage | null) {
    this.#storage = storage
  }

  /** Says who types from now on; drafts of anybody else are dropped. */
  of(person: string): void {
    this.#closed = false
    if (person === this.#person) return
    const kept = this.#person === '' ? read(this.#storage) : null
    this.#person = person
    this.#drafts = new Map(kept?.person === person ? kept.drafts : [])
    this.#keep()
  }

  /** The session ended: forms that go from the screen now take nothing away, whatever became of what they sent. */
  close(): void {
    this.#closed = true
  }

  /** What was typed in a form before. */
  get(form: string): Draft | null {
    return this.#drafts.get(form) ?? null
  }

  /** Keeps what stands in a form now; null when it was sent or given up. */
  set(form: string, draft: Draft | null): void {
    if (this.#closed) return
    this.#drafts.delete(form)
    if (draft !== null && JSON.stringify(draft).length <= DRAFT_MAX_CHARS) this.#drafts.set(form, draft)
    for (const oldest of this.#drafts.keys()) if (this.#drafts.size > DRAFTS_MAX) this.#drafts.delete(oldest)
    this.#keep()
  }

  /** Forgets all of them: the person leaves. */
  drop(): void {
    this.#person = ''
    this.#drafts = new Map()
    try {
      this.#storage?.removeItem(KEPT)
    } catch {
      // Forbidden storage keeps nothing.
    }
  }

  #keep(): void {
    if (this.#person === '') return
    const kept: Kept = { person: this.#person, drafts: [...this.#drafts] }
    try {
      this.#storage?.setItem(KEPT, JSON.stringify(kept))
    } catch {
      // Storage is full or forbidden: drafts last as long as the page.
    }
  }
}

function read(storage: Storage | null): Kept | null {
  try {
    const value = JSON.parse(storage?.getItem(KEPT) ?? 'null') as Partial<Kept> | null
    return typeof value?.person === 'string' && Array.isArray(value.drafts) ? (value as Kept) : null
  } catch {
    return null
  }
}

function tabStorage(): Storage | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage
  } catch {
    return null
  }
}

/** The drafts of this tab. */
export const drafts = new Drafts(tabStorage())

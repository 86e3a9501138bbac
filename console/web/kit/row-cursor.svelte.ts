import type { KeyHandlers } from './key-handlers.ts'

type Row = { id: string | number }
type Options<T extends Row> = {
  rows: () => readonly T[]
  /** Id of the row in the open panel; null while none is open. */
  panel?: () => string | null
  /** Opens a row; `beside` says that a panel is open already, so that the history grows no step. */
  open: (row: T, beside: boolean) => void
  /** Every step opens its row, also while no panel is open. */
  walks?: boolean
}

/** Where the keys stand in a list: on the row of the open panel, else on the row they reached last. */
export class RowCursor<T extends Row> {
  /** Id of the row reached last. */
  active = $state<string | null>(null)
  readonly #options: Options<T>
  #reached = { id: '', index: -1 }

  constructor(options: Options<T>) {
    this.#options = options
  }

  /** Index of the row the keys stand on; −1 for none. A row that has gone leaves the keys at its place. */
  readonly at = $derived.by(() => {
    const { rows, panel } = this.#options
    const shown = rows()
    const beside = panel?.() ?? null
    const at = shown.findIndex((row) => String(row.id) === (beside ?? this.active))
    if (at !== -1 || beside !== null || this.active !== this.#reached.id) return at
    return Math.min(this.#reached.index, shown.length - 1)
  })

  /** Goes some rows on or back, never past an end. */
  step(by: number): void {
    const { rows, panel, open, walks } = this.#options
    const shown = rows()
    const index = Math.max(0, Math.min(shown.length - 1, this.at + by))
    const row = shown[index]
    if (row === undefined) return
    this.#reached = { id: String(row.id), index }
    this.active = this.#reached.id
    const beside = (panel?.() ?? null) !== null
    if (beside || walks) open(row, beside)
  }

  /** What the keys of a list do; a list whose steps open their rows needs no key for opening. */
  readonly handlers: KeyHandlers = {
    next: () => this.step(1),
    previous: () => this.step(-1),
    open: () => {
      const { rows, panel, open } = this.#options
      const row = rows()[this.at]
      if (row !== undefined) open(row, (panel?.() ?? null) !== null)
    }
  }
}

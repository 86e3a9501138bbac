/** Collects rule numbers, each at most once an event. */
export class Candidates {
  readonly #stamps: Uint32Array
  #generation = 0
  readonly rules: number[] = []

  constructor(size: number) {
    this.#stamps = new Uint32Array(size)
  }

  /** Empties the collection for the next event. */
  clear(): void {
    this.rules.length = 0
    // Stamps of four billion events ago would look new; they are wiped once in that time.
    if (++this.#generation > 0xffff_ffff) {
      this.#stamps.fill(0)
      this.#generation = 1
    }
  }

  get generation(): number {
    return this.#generation
  }

  add(rule: number): void {
    if (this.#stamps[rule] === this.#generation) return
    this.#stamps[rule] = this.#generation
    this.rules.push(rule)
  }

  addAll(rules: readonly number[]): void {
    for (let index = 0; index < rules.length; index++) this.add(rules[index]!)
  }
}

/** Finds which of its pieces stand in a folded text, and adds the rules that need them. */
export type PieceSearch = { readonly bytes: number; scan(text: string, candidates: Candidates): void }

/** So few pieces are faster searched for one by one: the engine skips most characters, an automaton reads each. */
const FEW_PIECES = 4

/** The search for these pieces (folded, ASCII), each with the rules that need it. */
export function searchPieces(pieces: ReadonlyMap<string, readonly number[]>): PieceSearch {
  if (pieces.size > FEW_PIECES || [...pieces.keys()].some((piece) => piece.length < 3)) return new Automaton(pieces)
  const few = [...pieces]
  return {
    bytes: 0,
    scan(text, candidates) {
      for (let index = 0; index < few.length; index++) {
        const [piece, rules] = few[index]!
        if (text.includes(piece)) candidates.addAll(rules)
      }
    }
  }
}

/**
 * Finds all of many ASCII pieces in one pass over a text (Aho–Corasick), as one dense table. A row is a state, a column a
 * class of characters (only those that occur in pieces have one), a cell the row that follows, already multiplied by the
 * row's width; a negative cell (its complement) is a row at whose arrival pieces end. Column 0 is never followed (a
 * character without class leads to the root): there the row keeps where its rules stand in `outputs`.
 */
class Automaton implements PieceSearch {
  readonly #classes = new Uint8Array(128)
  readonly #table: Int32Array
  /** Lists of rules, each ended by -1. */
  readonly #outputs: Int32Array
  /** When the list of an output was last handed on, by the position of the list. */
  readonly #seen: Float64Array

  /** Pieces, folded and ASCII, with the rules that need them. */
  constructor(pieces: ReadonlyMap<string, readonly number[]>) {
    const sorted = [...pieces.keys()].sort()
    let width = 1
    let states = 1
    let previous = ''
    for (const piece of sorted) {
      for (let at = 0; at < piece.length; at++) {
        const code = piece.charCodeAt(at)
        if (this.#classes[code] === 0) this.#classes[code] = width++
      }
      states += piece.length - commonPrefix(previous, piece)
      previous = piece
    }
    if (states * width > 0x7fff_ffff) throw new RangeError('The rules need more pieces than one table can hold')
    this.#table = new Int32Array(states * width)
    const ends = this.#insert(sorted, width)
    const order = this.#link(width)
    this.#outputs = this.#write(sorted, pieces, ends, order, width)
    this.#seen = new Float64Array(this.#outputs.length)
  }

  /** Bytes of its tables. */
  get bytes(): number {
    return this.#table.byteLength + this.#outputs.byteLength + this.#seen.byteLength
  }

  /** Adds the rules of every piece that stands in the folded text. */
  scan(text: string, candidates: Candidates): void {
    const table = this.#table
    const classes = this.#classes
    let state = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      const column = code < 128 ? classes[code]! : 0
      if (column === 0) {
        state = 0
        continue
      }
      state = table[state + column]!
      if (state < 0) {
        state = ~state
        this.#emit(table[state]!, candidates)
      }
    }
  }

  #emit(from: number, candidates: Candidates): void {
    // A piece that stands in an event thirty times is handed on once.
    if (this.#seen[from] === candidates.generation) return
    this.#seen[from] = candidates.generation
    const outputs = this.#outputs
    for (let at = from; outputs[at]! >= 0; at++) candidates.add(outputs[at]!)
  }

  /** Builds the trie into the table and returns the row at which each piece ends. */
  #insert(sorted: readonly string[], width: number): number[] {
    let next = width
    return sorted.map((piece) => {
      let state = 0
      for (let at = 0; at < piece.length; at++) {
        const cell = state + this.#classes[piece.charCodeAt(at)]!
        if (this.#table[cell] === 0) {
          this.#table[cell] = next
          next += width
        }
        state = this.#table[cell]!
      }
      return state
    })
  }

  /** Fills the cells that the trie leaves open with what follows the longest suffix; returns rows by depth and suffixes. */
  #link(width: number): { row: number; suffix: number }[] {
    const table = this.#table
    const suffixes = new Int32Array(table.length / width)
    const rows: { row: number; suffix: number }[] = []
    for (let column = 1; column < width; column++) {
      if (table[column] !== 0) rows.push({ row: table[column]!, suffix: 0 })
    }
    for (let index = 0; index < rows.length; index++) {
      const { row, suffix } = rows[index]!
      suffixes[row / width] = suffix
      for (let column = 1; column < width; column++) {
        const child = table[row + column]!
        const other = table[suffix + column]!
        if (child === 0) table[row + column] = other
        else rows.push({ row: child, suffix: other })
      }
    }
    return rows
  }

  /** Writes the lists of rules and marks the cells that lead to a row with one. */
  #write(
    sorted: readonly string[],
    pieces: ReadonlyMap<string, readonly number[]>,
    ends: readonly number[],
    order: readonly { row: number; suffix: number }[],
    width: number
  ): Int32Array {
    const own = new Map(ends.map((row, index) => [row, pieces.get(sorted[index]!)!]))
    const table = this.#table
    const outputs: number[] = [-1]
    // Position 0 is the empty list: a row without own pieces shares the list of its suffix.
    for (const { row, suffix } of order) {
      const rules = own.get(row)
      const inherited = table[suffix]!
      if (!rules) {
        table[row] = inherited
        continue
      }
      table[row] = outputs.length
      const all = new Set(rules)
      for (let at = inherited; outputs[at]! >= 0; at++) all.add(outputs[at]!)
      for (const rule of all) outputs.push(rule)
      outputs.push(-1)
    }
    for (let row = 0; row < table.length; row += width) {
      for (let column = 1; column < width; column++) {
        const to = table[row + column]!
        if (to > 0 && table[to] !== 0) table[row + column] = ~to
      }
    }
    return Int32Array.from(outputs)
  }
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) length++
  return length
}

export type Segment = { text: string; marked: boolean }

/** More values than this are not marked: a line that is all marks marks nothing. */
const VALUES_MAX = 32

/**
 * Cuts a text into pieces so that every occurrence of a value can be marked without ever becoming markup.
 * Values of one character are not marked; longer values win over shorter ones inside them.
 */
export function highlight(text: string, values: readonly string[]): Segment[] {
  const wanted = [...new Set(values)]
    .filter((value) => value.length > 1 && value.length <= text.length)
    .sort((a, b) => b.length - a.length)
    .slice(0, VALUES_MAX)
  let pieces: Segment[] = [{ text, marked: false }]
  for (const value of wanted) {
    pieces = pieces.flatMap((piece) => (piece.marked ? [piece] : cut(piece.text, value)))
  }
  return pieces.filter((piece) => piece.text !== '')
}

function cut(text: string, value: string): Segment[] {
  const pieces: Segment[] = []
  let from = 0
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, from)) {
    pieces.push({ text: text.slice(from, at), marked: false }, { text: value, marked: true })
    from = at + value.length
  }
  pieces.push({ text: text.slice(from), marked: false })
  return pieces
}

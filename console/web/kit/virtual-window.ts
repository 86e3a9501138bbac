export type Viewport = { scrollTop: number; height: number; rowHeight: number; count: number }
export type Window = { first: number; last: number; before: number; after: number }

/** Rows drawn beyond each edge, so that a key held down never meets an empty row. */
export const OVERSCAN = 8

/** The slice of a long list to draw: rows [first, last) and the empty space, in pixels, before and after them. */
export function windowOf(view: Viewport): Window {
  const { rowHeight, count } = view
  if (count <= 0 || rowHeight <= 0) return { first: 0, last: 0, before: 0, after: 0 }
  // A list that shrank under a far scroll position still shows its end.
  const top = Math.min(Math.max(0, view.scrollTop), Math.max(0, count * rowHeight - view.height))
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN)
  const last = Math.min(count, Math.ceil((top + view.height) / rowHeight) + OVERSCAN)
  return { first, last, before: first * rowHeight, after: (count - last) * rowHeight }
}

/** Where to scroll so that a row is whole in view; null when it is already. */
export function scrollToShow(index: number, view: Viewport): number | null {
  const top = index * view.rowHeight
  if (top < view.scrollTop) return top
  const bottom = top + view.rowHeight
  return bottom > view.scrollTop + view.height ? bottom - view.height : null
}

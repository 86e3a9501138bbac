import { nearest, type Arrow } from '../format/nearest.ts'

/** Arrow keys go from one tile of this element to its neighbour; `selector` finds the tiles. For `{@attach …}`. */
export const arrowKeys = (selector: string) => (box: HTMLElement) => {
  function pressed(event: KeyboardEvent) {
    if (!event.key.startsWith('Arrow')) return
    const tiles = [...box.querySelectorAll<HTMLElement>(selector)]
    const from = tiles.indexOf(document.activeElement as HTMLElement)
    if (from === -1) return
    event.preventDefault()
    const boxes = tiles.map((tile) => tile.getBoundingClientRect())
    tiles[nearest(boxes, from, event.key as Arrow)]?.focus()
  }
  box.addEventListener('keydown', pressed)
  return () => box.removeEventListener('keydown', pressed)
}

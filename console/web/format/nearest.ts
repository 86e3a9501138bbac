export type Box = { left: number; top: number; width: number; height: number }
export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'

/** Which box an arrow key leads to from one of many: the nearest that lies that way, its own row or column first; -1 when none does. */
export function nearest(boxes: readonly Box[], from: number, arrow: Arrow): number {
  const start = boxes[from]
  if (start === undefined) return -1
  const across = arrow === 'ArrowLeft' || arrow === 'ArrowRight'
  const sign = arrow === 'ArrowRight' || arrow === 'ArrowDown' ? 1 : -1
  let best = -1
  let least = Infinity
  for (const [index, box] of boxes.entries()) {
    const dx = box.left + box.width / 2 - start.left - start.width / 2
    const dy = box.top + box.height / 2 - start.top - start.height / 2
    const along = (across ? dx : dy) * sign
    const aside = Math.abs(across ? dy : dx)
    // Half a tile of tolerance: neighbours of a row differ by a pixel of rounding.
    if (index === from || along <= 1) continue
    const distance = along + aside * 4
    if (distance < least) {
      least = distance
      best = index
    }
  }
  return best
}

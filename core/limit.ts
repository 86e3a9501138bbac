/** How many may work and how many may wait at once; whoever comes beyond both gets the error of `busy`. */
export type LimitOptions = { running: number; waiting: number; busy(): Error }

/** Runs work when a place is free, in the order of asking; rejects with the error of `busy` when too many wait already. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>

/** A ceiling on work under way, with a bounded queue before it. */
export function limit({ running, waiting, busy }: LimitOptions): Limit {
  let places = running
  const queue: (() => void)[] = []
  return async (work) => {
    if (places > 0) places -= 1
    else if (queue.length >= waiting) throw busy()
    else await new Promise<void>((resolve) => queue.push(resolve))
    try {
      return await work()
    } finally {
      // The place goes straight to the next in the queue, so that nobody who comes now takes it.
      const next = queue.shift()
      if (next === undefined) places += 1
      else next()
    }
  }
}

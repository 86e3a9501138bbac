import { createHash } from 'node:crypto'

/** A generator for one named thing of one seed: the same names give the same numbers, in whatever order they are asked. */
export function randomFor(seed: number, ...names: (string | number)[]): () => number {
  const digest = createHash('sha256')
    .update([seed, ...names].join('\0'))
    .digest()
  return seeded(digest.readUInt32LE(0))
}

/** How many things happen where `mean` are expected (Poisson, Knuth's method; the mean is kept below 500 by its callers). */
export function poisson(mean: number, random: () => number): number {
  let left = mean
  let count = 0
  // e^-mean would be 0 for a large mean: taken in pieces.
  while (left > 0) {
    const piece = Math.min(left, 30)
    left -= piece
    const limit = Math.exp(-piece)
    for (let product = random(); product > limit; product *= random()) count++
  }
  return count
}

/** A small seeded generator (mulberry32): the same seed gives the same lines on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

import { createHash } from 'node:crypto'
import { seeded } from '../lines.ts'

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

import type { Clock } from '#core/clock.ts'

/** Unknown links one address may ask for in a minute: a message cut in half is tried a few times, a guesser more. */
const PER_ADDRESS = 10
/** And all addresses together. Links that exist are answered whatever this says: nobody locks a unit out. */
const TOGETHER = 300
const WINDOW_MS = 60_000
/** Addresses remembered; at the ceiling the memory starts anew and the common limit still holds. */
const MAX_ADDRESSES = 10_000

/** Counts requests for links that do not exist. */
export type GuessLimit = {
  /** One more unknown link; seconds to wait when there were too many, else 0. `first` is true once per window, for the record. */
  count(address: string): { waitS: number; first: boolean }
}

export function createGuessLimit(clock: Clock): GuessLimit {
  let startedAt = -Infinity
  let together = 0
  let warned = false
  const perAddress = new Map<string, number>()
  return {
    count(address) {
      const now = clock.now()
      if (now - startedAt >= WINDOW_MS) {
        startedAt = now
        together = 0
        warned = false
        perAddress.clear()
      }
      if (perAddress.size >= MAX_ADDRESSES) perAddress.clear()
      const own = (perAddress.get(address) ?? 0) + 1
      perAddress.set(address, own)
      together += 1
      if (own <= PER_ADDRESS && together <= TOGETHER) return { waitS: 0, first: false }
      const first = !warned
      warned = true
      return { waitS: Math.ceil((startedAt + WINDOW_MS - now) / 1000), first }
    }
  }
}

import { SocError } from '#core/errors.ts'
import type { SpoolWriter } from '#collector/spool/spool.ts'

/** A spool that refuses while told to. */
export function refusing(state: { full: boolean }) {
  return (spool: SpoolWriter): SpoolWriter => ({
    id: spool.id,
    durableEnd: () => spool.durableEnd(),
    onDurable: (listener) => spool.onDurable(listener),
    refusal: () => (state.full ? 'quota' : spool.refusal()),
    append: (entries) => (state.full ? Promise.reject(new SocError('spool.full', 'full')) : spool.append(entries)),
    dropBefore: (offset) => spool.dropBefore(offset),
    received: () => spool.received(),
    recentKeys: (age) => spool.recentKeys(age),
    damage: () => spool.damage(),
    bytes: () => spool.bytes(),
    close: () => spool.close()
  })
}

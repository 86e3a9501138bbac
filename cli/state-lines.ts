import type { DataPlaneState } from '#core/data-plane.ts'
import type { Storage } from '#control/database/storage.ts'

type Say = (line: string) => void
type Log = { warn(what: object, message: string): void; info(what: object, message: string): void }

/** Tells log and terminal, once each, that the store is away and why, and that it is back. */
export function createStoreLines(log: Log, say: Say): (state: Pick<DataPlaneState, 'store'>) => void {
  let told: string | undefined
  return ({ store: { away } }) => {
    if (away?.reason === told || (away !== null && away.reason === '')) return
    told = away?.reason
    if (away !== null) {
      log.warn({ reason: away.reason }, 'the store is away')
      say(`the store is away: ${away.reason}; events wait in the spool`)
    } else {
      log.info({}, 'the store is back')
      say('the store is back')
    }
  }
}

/** The same for the control database; its log has lines of its own. */
export function sayStorage(storage: Storage, say: Say): void {
  storage.onChanged((away) =>
    say(
      away === undefined
        ? 'the disk takes writes again'
        : `the disk takes no writes: ${away.reason}; what was received is kept, nothing new can be saved`
    )
  )
}

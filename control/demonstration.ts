import type { Reads } from '#control/database/reads.ts'

const META_KEY = 'demonstration'

/** What is remembered of a demonstration: it is over once `endedAt` is set, and never starts again by itself. */
export type DemonstrationState = { startedAt: number; endedAt?: number; played: number }

/** The demonstration as the control plane knows it: what the database remembers, and whether it plays now. */
export type DemonstrationRecord = ReturnType<typeof createDemonstrationRecord>

export function createDemonstrationRecord(control: Reads) {
  let playing = false
  function read(): DemonstrationState | undefined {
    const row = control.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', META_KEY)
    return row === undefined ? undefined : (JSON.parse(row.value) as DemonstrationState)
  }
  return {
    read,
    write(state: DemonstrationState) {
      control.sql('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(META_KEY, JSON.stringify(state))
    },
    /** The player says that it plays, or no longer. */
    setPlaying(now: boolean) {
      playing = now
    },
    /** Null when there is none, or it was ended. */
    status(): { running: boolean; startedAt: number } | null {
      const state = read()
      return state === undefined || state.endedAt !== undefined
        ? null
        : { running: playing, startedAt: state.startedAt }
    }
  }
}

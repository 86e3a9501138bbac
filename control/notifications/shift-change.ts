import type { Clock } from '#core/clock.ts'
import type { Control } from '#control/database/control.ts'
import type { Roster } from './roster.ts'

const KEY = 'running_shifts'

/**
 * Notices that a shift began, also while the process was down. `began` hears of it once, inside the transaction that
 * remembers it. Whoever is on duty before and after need not be told what he knows: only those who come are named.
 */
export function createShiftChange(parts: {
  control: Control
  clock: Clock
  roster: Pick<Roster, 'running'>
  began(shift: { key: string; name: string; users: string[] }): void
}): { tick(): void } {
  const { control, clock, roster } = parts
  return {
    tick() {
      const running = roster.running(clock.now())
      const keys = JSON.stringify(running.map(({ key, users }) => [key, users]))
      const before = control.get<{ value: string }>(`SELECT value FROM meta WHERE key = '${KEY}'`)?.value
      if (before === keys) return
      control.transaction(() => {
        control.sql(`INSERT OR REPLACE INTO meta (key, value) VALUES ('${KEY}', ?)`).run(keys)
        // The first look ever: nothing has changed.
        if (before === undefined) return
        const known = JSON.parse(before) as [string, string[]][]
        const onDuty = new Set(known.flatMap(([, users]) => users))
        for (const shift of running) {
          if (known.some(([key]) => key === shift.key)) continue
          const coming = shift.users.filter((id) => !onDuty.has(id))
          if (coming.length > 0) parts.began({ ...shift, users: coming })
        }
      })
    }
  }
}

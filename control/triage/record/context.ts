import type { Clock } from '#core/clock.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'

/** What everything here stands on. */
export type AlertsContext = { control: Control; inventory: Inventory; clock: Clock }

/** The next number of a series; numbers are never used twice, also after a demonstration was deleted. */
export function nextNumber(context: AlertsContext, series: 'alert' | 'incident'): number {
  const row = context.control.single<{ value: string }>(
    `INSERT INTO meta (key, value) VALUES (?, '1')
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`,
    `number.${series}`
  )
  return Number(row.value)
}

/** `CB-0001` (cảnh báo) and `VL-0001` (Vọng Lâu). */
export const numbered = (prefix: 'CB' | 'VL', number: number): string => `${prefix}-${String(number).padStart(4, '0')}`

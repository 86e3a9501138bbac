import { ICT_OFFSET_MS } from '#core/time.ts'

/** Who asks: offices work by the clock, citizens mostly in the evening, machines always. */
export type Rhythm = 'office' | 'citizens' | 'machines'

const minutes = (hour: number, minute: number) => hour * 60 + minute

/** Share of the greatest rate, from a minute of the Vietnamese day on until the next line. */
const days: Record<Rhythm, { workday: [number, number][]; weekend: [number, number][] }> = {
  office: {
    workday: [
      [minutes(0, 0), 0.01],
      [minutes(6, 30), 0.15],
      [minutes(7, 30), 1],
      [minutes(11, 30), 0.12],
      [minutes(13, 0), 0.9],
      [minutes(17, 0), 0.15],
      [minutes(18, 30), 0.02]
    ],
    weekend: [
      [minutes(0, 0), 0.01],
      [minutes(7, 30), 0.08],
      [minutes(11, 30), 0.02]
    ]
  },
  citizens: {
    workday: [
      [minutes(0, 0), 0.04],
      [minutes(6, 0), 0.35],
      [minutes(11, 30), 0.6],
      [minutes(13, 0), 0.4],
      [minutes(17, 0), 0.7],
      [minutes(19, 0), 1],
      [minutes(22, 0), 0.25]
    ],
    weekend: [
      [minutes(0, 0), 0.05],
      [minutes(7, 0), 0.6],
      [minutes(19, 0), 0.9],
      [minutes(22, 0), 0.25]
    ]
  },
  machines: { workday: [[0, 1]], weekend: [[0, 1]] }
}

/**
 * Share (0–1) of the greatest rate at a moment, by the wall of Asia/Ho_Chi_Minh: offices 07:30–11:30 and 13:00–17:00,
 * Monday to Friday. Public holidays are not known to it.
 */
export function intensity(rhythm: Rhythm, moment: number): number {
  const local = moment + ICT_OFFSET_MS
  const date = new Date(local)
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes()
  let share = 0
  for (const [from, value] of days[rhythm][weekend ? 'weekend' : 'workday']) if (minute >= from) share = value
  return share
}

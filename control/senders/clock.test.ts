import { expect, it } from 'vitest'
import { clockOf } from './clock.ts'

const measured = (skewMinutes: number, over = {}) => ({
  sender: 'a',
  skewMs: skewMinutes * 60_000,
  steady: true,
  usedOffsetMinutes: 420,
  ...over
})

it.each([
  [420, -420, 0],
  [420, -421, 0],
  [0, 420, 420],
  [420, -90, 330],
  [420, 0, null],
  [420, -20, null],
  [420, -82, null],
  [420, 24 * 60, null]
])('an offset of %i minutes with events %i minutes off suggests %s', (offset, skew, suggested) => {
  expect(clockOf(offset, measured(skew, { usedOffsetMinutes: offset }))).toEqual({
    skewMinutes: skew,
    suggestedOffsetMinutes: suggested
  })
})

it('suggests nothing where the zone is written, or where events disagree', () => {
  expect(clockOf(420, measured(-420, { usedOffsetMinutes: null }))?.suggestedOffsetMinutes).toBeNull()
  expect(clockOf(420, measured(-420, { steady: false }))?.suggestedOffsetMinutes).toBeNull()
  expect(clockOf(420, undefined)).toBeNull()
  // The offset was changed and nothing came since.
  expect(clockOf(0, measured(-420))).toBeNull()
})

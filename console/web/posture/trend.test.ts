import { expect, it } from 'vitest'
import { boldParts, trendOf } from './trend.ts'

it('a trend says which way and whether that is better', () => {
  expect(trendOf({ value: 3, before: 2 }, true)).toEqual({ direction: 'up', by: 1, verdict: 'worse' })
  expect(trendOf({ value: 3, before: 2 }, false)).toEqual({ direction: 'up', by: 1, verdict: 'better' })
  expect(trendOf({ value: 2, before: 3 }, true)?.verdict).toBe('better')
  expect(trendOf({ value: 2, before: 2 }, true)?.direction).toBe('same')
  expect(trendOf({ value: 2, before: null }, true)).toBeNull()
  expect(trendOf({ value: null, before: 2 }, true)).toBeNull()
})

it('bold words are cut out of their sentence, whatever they contain', () => {
  expect(boldParts('Kỳ này có 2 sự cố, đều ở xã.', ['2 sự cố', 'absent'])).toEqual([
    { text: 'Kỳ này có ', strong: false },
    { text: '2 sự cố', strong: true },
    { text: ', đều ở xã.', strong: false }
  ])
  expect(boldParts('<b>', [''])).toEqual([{ text: '<b>', strong: false }])
})

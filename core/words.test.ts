import { expect, it } from 'vitest'
import { levels } from './match.ts'
import { fillWords, levelWords, unitText } from './words.ts'

it('every level has words in both languages', () => {
  for (const level of levels) expect(levelWords[level]).toEqual({ vi: expect.any(String), en: expect.any(String) })
})

it('the district stands beside a name that has one', () => {
  expect(unitText({ name: 'Xã Phong Thu', district: 'Phong Điền' })).toBe('Xã Phong Thu (Phong Điền)')
  expect(unitText({ name: 'Sở Tài chính', district: '' })).toBe('Sở Tài chính')
})

it('words are filled in one pass, per language, and never with what every object has', () => {
  const words = { vi: '{a} mức {level}', en: '{a} of {level} {toString}' }
  expect(fillWords(words, { a: '{level}', level: levelWords.high })).toEqual({
    vi: '{level} mức cao',
    en: '{level} of high {toString}'
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeyReader, keymap, PREFIX_MS, type Press } from './keyboard.ts'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  modified: false,
  where: 'page',
  ...more
})

it('the keys of triage mean what the sheet says', () => {
  const reader = new KeyReader()
  const said = ['j', 'k', 'Enter', 'a', '1', '5', 'm', 'z', '?', 'Escape'].map((key) => reader.read(press(key), 0))
  expect(said).toEqual([
    'next',
    'previous',
    'open',
    'acknowledge',
    'verdict1',
    'verdict5',
    'merge',
    'undo',
    'help',
    'back'
  ])
})

it('letters typed into a field stay letters, only Escape leaves it', () => {
  const reader = new KeyReader()
  expect(reader.read(press('1', { where: 'text' }), 0)).toBeNull()
  expect(reader.read(press('z', { where: 'text' }), 0)).toBeNull()
  expect(reader.read(press('Escape', { where: 'text' }), 0)).toBe('back')
})

it('Enter on a focused button presses the button and does not open a row', () => {
  const reader = new KeyReader()
  expect(reader.read(press('Enter', { where: 'control' }), 0)).toBeNull()
  expect(reader.read(press('j', { where: 'control' }), 0)).toBe('next')
})

it('a shortcut of the browser is left to the browser', () => {
  expect(new KeyReader().read(press('a', { modified: true }), 0)).toBeNull()
})

it('g waits for its second key, and not for ever', () => {
  const reader = new KeyReader()
  expect(reader.read(press('g'), 1000)).toBeNull()
  expect(reader.read(press('i'), 1500)).toBe('go:incidents')
  expect(reader.read(press('g'), 3000)).toBeNull()
  expect(reader.read(press('a'), 3000 + PREFIX_MS)).toBe('acknowledge')
})

it('after g an unknown key does nothing, so that a slip judges no alert', () => {
  const reader = new KeyReader()
  reader.read(press('g'), 0)
  expect(reader.read(press('1'), 10)).toBeNull()
  expect(reader.read(press('1'), 20)).toBe('verdict1')
})

it('a Vietnamese input method does not swallow commands', () => {
  const reader = new KeyReader()
  expect(reader.read(press('Process', { code: 'KeyA' }), 0)).toBe('acknowledge')
  expect(reader.read(press('â', { code: 'KeyA' }), 0)).toBe('acknowledge')
  expect(reader.read(press('Process', { code: 'Digit3' }), 0)).toBe('verdict3')
})

it('no key means two commands', () => {
  expect(new Set(keymap.map((entry) => entry.key)).size).toBe(keymap.length)
})

it('any sequence of keys yields commands of the map or nothing', () => {
  const known = new Set<string>(keymap.map((entry) => entry.command))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ maxLength: 8 }), fc.nat(4000))), (keys) => {
      const reader = new KeyReader()
      for (const [key, now] of keys) {
        const command = reader.read(press(key), now)
        expect(command === null || known.has(command)).toBe(true)
      }
    })
  )
})

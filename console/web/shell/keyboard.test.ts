import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ALONE_MS, KeyReader, keymap, PREFIX_MS, REST_MS, STEP_MS, type Command, type Press } from './keyboard.ts'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  modified: false,
  composing: false,
  repeated: false,
  where: 'page',
  ...more
})

/** Presses keys `gap` milliseconds apart, and says what was run, and what in the end stayed alone. */
function typedAs(keys: readonly string[], gap: number, reader = new KeyReader()): Command[] {
  const run: Command[] = []
  for (const [index, key] of keys.entries()) {
    const reading = reader.read(press(key), index * gap)
    if (reading.is === 'command') run.push(reading.command)
    if (gap >= ALONE_MS || index === keys.length - 1) {
      const late = reader.due()
      if (late !== null) run.push(late)
    }
  }
  return run
}
const alone = (key: string, more: Partial<Press> = {}) => {
  const reader = new KeyReader()
  const reading = reader.read(press(key, more), 0)
  return reading.is === 'command' ? reading.command : reader.due()
}
const quick = (text: string, gap: number) => typedAs([...text], gap)

it('the keys of triage mean what the sheet says', () => {
  const said = ['j', 'k', 'Enter', 'a', '1', '5', 'm', 'z', '?', 'Escape'].map((key) => alone(key))
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
  expect(['1', 'z', 'Escape'].map((key) => alone(key, { where: 'text' }))).toEqual([null, null, 'back'])
})

it('Enter on a focused button presses the button and does not open a row', () => {
  expect([alone('Enter', { where: 'control' }), alone('j', { where: 'control' })]).toEqual([null, 'next'])
})

it('a shortcut of the browser is left to the browser', () => {
  expect(alone('a', { modified: true })).toBeNull()
})

it('what an input method composes is never a command, nor its Esc', () => {
  expect(alone('Escape', { composing: true, where: 'text' })).toBeNull()
  expect(alone('1', { composing: true })).toBeNull()
  expect(alone('Process', { code: 'KeyA' })).toBeNull()
})

it('a Vietnamese keyboard has letters where others have digits, and they mean the same key', () => {
  expect([alone('â', { code: 'Digit2' }), alone('ă', { code: 'Digit1' })]).toEqual(['verdict2', 'verdict1'])
})

it('a key held down walks and judges nothing', () => {
  const reader = new KeyReader()
  expect(reader.read(press('j'), 0)).toEqual({ is: 'command', command: 'next' })
  expect(reader.read(press('j', { repeated: true }), 30)).toEqual({ is: 'command', command: 'next' })
  expect(alone('1', { repeated: true })).toBeNull()
})

it('a trained hand steps and judges in one go; faster than a hand nothing is judged', () => {
  expect(quick('jj1', STEP_MS)).toEqual(['next', 'next', 'verdict1'])
  expect(quick('jj1', STEP_MS - 1)).toEqual(['next', 'next'])
})

it('rows are ticked and passed as quickly as one steps', () => {
  const reader = new KeyReader()
  reader.read(press('x'), 0)
  expect(reader.read(press('j'), STEP_MS)).toEqual({ is: 'command', command: 'next' })
})

it('g waits for its second key, not for ever, and a slip after it does nothing', () => {
  const reader = new KeyReader()
  reader.read(press('g'), 0)
  reader.read(press('i'), 200)
  expect(reader.due()).toBe('go:incidents')
  reader.read(press('g'), 3000)
  reader.read(press('a'), 3000 + PREFIX_MS)
  expect(reader.due()).toBe('acknowledge')
  reader.read(press('g'), 9000)
  reader.read(press('1'), 9100)
  expect(reader.due()).toBeNull()
})

it('after typing nothing is a command until it has been quiet', () => {
  const reader = new KeyReader()
  for (const [at, key] of [...'203'].entries()) reader.read(press(key), at * 120)
  expect(reader.read(press('1'), 240 + ALONE_MS).is).toBe('typing')
  expect(reader.read(press('Enter'), 300 + ALONE_MS).is).toBe('typing')
  reader.read(press('1'), 240 + ALONE_MS + REST_MS)
  expect(reader.due()).toBe('verdict1')
})

it('typed text is no command, not with its first character either', () => {
  const safe = new Set<Command>(['next', 'previous', 'search', 'help', 'open'])
  const texts = ['203.0.113.24', 'giám sát', 'giamsats', ' 1 giờ sau sẽ gọi lại', 'Ru7!xA3*', '8934680022330', 'u1']
  const anyText = fc.oneof(
    fc.constantFrom(...texts),
    fc.ipV4(),
    fc.string({ unit: 'grapheme-ascii', minLength: 2, maxLength: 24 }),
    fc.string({ unit: fc.constantFrom(...'1234amnrzuxgi*AR .jk'), minLength: 2, maxLength: 24 })
  )
  fc.assert(
    fc.property(anyText, fc.integer({ min: 5, max: STEP_MS - 1 }), fc.boolean(), (text, gap, enter) => {
      const keys = [...text, ...(enter ? ['Enter'] : [])]
      for (const command of typedAs(keys, gap)) expect(safe).toContain(command)
    })
  )
})

it('single letters can be switched off; arrows, Enter and Esc stay', () => {
  const reader = new KeyReader()
  reader.letters = false
  expect(reader.read(press('1'), 0)).toEqual({ is: 'nothing' })
  expect(reader.due()).toBeNull()
  expect(reader.read(press('ArrowDown'), 5000)).toEqual({ is: 'command', command: 'next' })
})

it('no key means two commands', () => {
  expect(new Set(keymap.map((entry) => entry.key)).size).toBe(keymap.length)
})

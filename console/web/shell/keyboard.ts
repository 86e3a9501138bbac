import { entries, features, type Entry } from './features.ts'

const fixed = [
  { key: 'j', command: 'next', group: 'move' },
  { key: 'ArrowDown', command: 'next', group: 'move' },
  { key: 'k', command: 'previous', group: 'move' },
  { key: 'ArrowUp', command: 'previous', group: 'move' },
  { key: 'J', command: 'extendNext', group: 'move' },
  { key: 'K', command: 'extendPrevious', group: 'move' },
  { key: 'Enter', command: 'open', group: 'move' },
  { key: 'o', command: 'openFull', group: 'move' },
  { key: 'Escape', command: 'back', group: 'move' },
  { key: '[', command: 'entityPrevious', group: 'move' },
  { key: ']', command: 'entityNext', group: 'move' },
  { key: '.', command: 'reveal', group: 'move' },
  { key: 'x', command: 'select', group: 'act' },
  { key: '*', command: 'selectAll', group: 'act' },
  { key: 'a', command: 'acknowledge', group: 'act' },
  { key: 'A', command: 'assign', group: 'act' },
  { key: '1', command: 'verdict1', group: 'act' },
  { key: '2', command: 'verdict2', group: 'act' },
  { key: '3', command: 'verdict3', group: 'act' },
  { key: '4', command: 'verdict4', group: 'act' },
  { key: '5', command: 'verdict5', group: 'act' },
  { key: 'm', command: 'merge', group: 'act' },
  { key: 'n', command: 'note', group: 'act' },
  { key: 'r', command: 'wait', group: 'act' },
  { key: 'u', command: 'archive', group: 'act' },
  { key: 'R', command: 'reopen', group: 'act' },
  { key: 'z', command: 'undo', group: 'act' }
] as const
const searchAndHelp = [
  { key: '/', command: 'search', group: 'go' },
  { key: '?', command: 'help', group: 'go' }
] as const

type Fixed = (typeof fixed)[number] | (typeof searchAndHelp)[number]
export type Command = Fixed['command'] | `go:${Entry}`
type Key = { key: string; command: Command; group: 'move' | 'act' | 'go' }

/**
 * The keyboard of the console in the order of the key sheet: which key means which command. Pure, so that it can be tested
 * without a browser. Letters are commands only while nobody types in a field; `g` and the key of a page lead to it.
 */
export const keymap: readonly Key[] = [
  ...fixed,
  ...entries.map((entry) => ({ key: `g ${features[entry].key}`, command: `go:${entry}`, group: 'go' }) as const),
  ...searchAndHelp
]

/** How long `g` waits for its second key. */
export const PREFIX_MS = 1500

/** What a key press looks like to us; `where` is what has the focus. */
export type Press = {
  key: string
  code: string
  modified: boolean
  where: 'text' | 'control' | 'page'
}

const commands: ReadonlyMap<string, Command> = new Map(keymap.map((entry) => [entry.key, entry.command]))

/** Turns key presses into commands; remembers a pending `g`. */
export class KeyReader {
  #prefixUntil = 0

  read(press: Press, now: number): Command | null {
    if (press.modified) return null
    if (press.where === 'text') return press.key === 'Escape' ? 'back' : null
    // Enter, arrows and the space bar belong to a focused button, link, list or field.
    if (press.where === 'control' && (press.key === 'Enter' || press.key.startsWith('Arrow'))) return null
    const key = typed(press)
    if (now < this.#prefixUntil) {
      this.#prefixUntil = 0
      return commands.get(`g ${key}`) ?? null
    }
    if (key === 'g') {
      this.#prefixUntil = now + PREFIX_MS
      return null
    }
    return commands.get(key) ?? null
  }
}

// A Vietnamese input method may hand over a composed letter or 'Process'; the physical key then says what was meant.
function typed(press: Press): string {
  const plain = press.key.length > 1 ? press.key !== 'Process' && press.key !== 'Unidentified' : press.key < '\u007f'
  if (plain) return press.key
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1] ?? /^Digit([0-9])$/.exec(press.code)?.[1]
  return letter?.toLowerCase() ?? press.key
}

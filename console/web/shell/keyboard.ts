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
export type Group = 'move' | 'act' | 'go'
type Key = { key: string; command: Command; group: Group }

/**
 * The keyboard of the console in the order of the key sheet: which key means which command. Pure, so that it can be tested
 * without a browser. Letters are commands only while nobody types in a field or composes a letter; `g` and the key of a page lead to it.
 */
export const keymap: readonly Key[] = [
  ...fixed,
  ...entries.map((entry) => ({ key: `g ${features[entry].key}`, command: `go:${entry}`, group: 'go' }) as const),
  ...searchAndHelp
]

/** How long `g` waits for its second key. */
export const PREFIX_MS = 1500

/** What a key press looks like to us. */
export type Press = {
  key: string
  code: string
  /** Held with Ctrl, Alt or Meta. */
  modified: boolean
  /** An input method is at work on it. */
  composing: boolean
  /** Comes of holding the key down. */
  repeated: boolean
  /** What has the focus. */
  where: 'text' | 'control' | 'page'
}

const commands: ReadonlyMap<string, Command> = new Map(keymap.map((entry) => [entry.key, entry.command]))
const groups: ReadonlyMap<Command, Group> = new Map(keymap.map((entry) => [entry.command, entry.group]))
/** Steps of the cursor: they happen at once, and a trained hand presses them quickly. */
const steps: readonly Command[] = ['next', 'previous']
/** Do no harm and lead to where one types, so they need not wait. */
const atOnce: readonly Command[] = [...steps, 'search', 'help']

/** A character means a command only if no other one comes within this time, before or after it; milliseconds. */
export const ALONE_MS = 500
/** A step of the cursor may come this shortly before a command; faster than that no hand means both. */
export const STEP_MS = 150
/** After characters that came like typing nothing is a command until nobody has typed for this long. */
export const REST_MS = 1500

/** What became of a press: a command to run now, one that waits until nothing follows it, or typing that goes nowhere. */
export type Reading =
  | { is: 'command'; command: Command }
  | { is: 'waiting'; command: Command | null }
  | { is: 'typing' }
  | { is: 'nothing' }

const nothing: Reading = { is: 'nothing' }

/**
 * Turns key presses into commands. Whoever types a word where no field listens gives no command: not with its first
 * character, since that waits until it stays alone, and not with any that follows.
 */
export class KeyReader {
  /** Single letters and signs are no commands; arrows, Enter and Esc still are. */
  letters = true
  #prefixUntil = -Infinity
  #lastChar: { at: number; step: boolean } = { at: -Infinity, step: false }
  #typingUntil = -Infinity
  #waiting: Command | null = null

  /** `now` in milliseconds, from one clock for all presses. */
  read(press: Press, now: number): Reading {
    if (press.composing) return this.#dropped()
    const waited = this.#waiting
    // Whatever is pressed while a command waits takes it back.
    this.#waiting = null
    if (press.modified) return nothing
    if (press.where === 'text') return press.key === 'Escape' ? { is: 'command', command: 'back' } : nothing
    const key = typed(press)
    if (key === null) return this.#dropped()
    if (key.length > 1) return this.#named(key, press, now)
    return this.#character(key, press, now, waited)
  }

  /** The command that waited, when its time is over and nothing followed; null when it was taken back. */
  due(): Command | null {
    const command = this.#waiting
    this.#waiting = null
    return command
  }

  /** Takes a waiting command back: the mouse or the focus went elsewhere. */
  cancel(): void {
    this.#waiting = null
    this.#prefixUntil = -Infinity
  }

  // Enter, arrows, Esc.
  #named(key: string, press: Press, now: number): Reading {
    // Characters that end in Enter are a bar code or a password, not a wish to open something.
    if (key === 'Enter' && (press.repeated || this.#typing(now) || this.#justTyped(now))) return { is: 'typing' }
    if (press.where === 'control' && (key === 'Enter' || key.startsWith('Arrow'))) return nothing
    this.#prefixUntil = -Infinity
    const command = commands.get(key)
    return command === undefined ? nothing : { is: 'command', command }
  }

  #character(key: string, press: Press, now: number, waited: Command | null): Reading {
    const before = this.#lastChar
    const gap = now - before.at
    const prefixed = now < this.#prefixUntil
    const command = prefixed ? commands.get(`g ${key}`) : commands.get(key)
    const step = command !== undefined && steps.includes(command)
    // Ticking row after row is a step of the cursor, too.
    const ticks = waited === 'select' && step && gap >= STEP_MS
    const tooSoon = !prefixed && !ticks && (before.step ? !step && gap < STEP_MS : gap < ALONE_MS)
    const again = press.repeated && before.step && step
    this.#lastChar = { at: now, step: step || ticks }
    this.#prefixUntil = -Infinity
    if (this.#typing(now) || (tooSoon && !again)) {
      this.#typingUntil = now + REST_MS
      return { is: 'typing' }
    }
    if (!this.letters || (press.repeated && !again)) return nothing
    // The space bar belongs to a focused button.
    if (key === ' ') return nothing
    if (key === 'g' && !prefixed) {
      this.#prefixUntil = now + PREFIX_MS
      return { is: 'waiting', command: null }
    }
    if (command === undefined) return nothing
    if (atOnce.includes(command)) return { is: 'command', command }
    this.#waiting = command
    return { is: 'waiting', command }
  }

  #typing(now: number): boolean {
    return now < this.#typingUntil
  }

  #justTyped(now: number): boolean {
    return !this.#lastChar.step && now - this.#lastChar.at < ALONE_MS
  }

  // Composed text belongs to the input method, its Esc and its Enter too.
  #dropped(): Reading {
    this.cancel()
    return nothing
  }
}

/** Whether a command judges or changes something, so that the focus must be on the row or panel that it is about. */
export function isAct(command: Command): boolean {
  return groups.get(command) === 'act' && command !== 'undo'
}

// A Vietnamese keyboard has letters where others have digits: the physical key then says what was meant.
function typed(press: Press): string | null {
  const { key, code } = press
  if (key === 'Process' || key === 'Unidentified' || key === 'Dead') return null
  if ([...key].length > 1 || key < '\u007f') return key
  const letter = /^Key([A-Z])$/.exec(code)?.[1] ?? /^Digit([0-9])$/.exec(code)?.[1]
  return letter?.toLowerCase() ?? key
}

import type { Press } from './keyboard.ts'

/** Reads a keyboard event of the browser: what was pressed, and what had the focus. */
export function pressOf(event: KeyboardEvent): Press {
  return {
    key: event.key,
    code: event.code,
    modified: event.ctrlKey || event.metaKey || event.altKey,
    // 229: the browser tells nothing but that an input method took the key.
    composing: event.isComposing || event.keyCode === 229,
    repeated: event.repeat,
    where: whereOf(event.target)
  }
}

const NOT_TYPED_IN = ['checkbox', 'radio', 'button', 'submit']

function whereOf(target: EventTarget | null): Press['where'] {
  if (!(target instanceof HTMLElement)) return 'page'
  if (target instanceof HTMLInputElement) return NOT_TYPED_IN.includes(target.type) ? 'control' : 'text'
  if (target.matches('textarea, select') || target.isContentEditable) return 'text'
  return target.matches('button, a, summary, [role="tab"], [role="gridcell"]') ? 'control' : 'page'
}

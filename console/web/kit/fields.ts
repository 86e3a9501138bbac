import type { Draft } from './drafts.ts'

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** Secrets and files are never kept, and what only narrows a list is no part of the form. */
const NOT_KEPT = ['password', 'file', 'hidden', 'search', 'submit', 'button']

function controlsOf(form: HTMLElement): Control[] {
  return [...form.querySelectorAll<Control>('input, textarea, select')]
}
const ticks = (control: Control): control is HTMLInputElement =>
  control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio')

/** Whether what is typed into a field belongs to what its form sends. */
export function isKept(control: EventTarget | null): boolean {
  if (!(control instanceof HTMLElement) || control.ariaHidden === 'true') return false
  return 'value' in control && !NOT_KEPT.includes((control as Control).type)
}

/** What stands in the fields of a form. */
export function draftOf(form: HTMLElement): Draft {
  return controlsOf(form).map((control) => (!isKept(control) ? null : ticks(control) ? control.checked : control.value))
}

/** Writes a draft back into the fields, as if it were typed again; a form of another shape is left alone. */
export function write(form: HTMLElement, draft: Draft): boolean {
  const controls = controlsOf(form)
  if (controls.length !== draft.length) return false
  for (const [at, control] of controls.entries()) {
    const value = draft[at]
    if (value === null || value === undefined || !isKept(control)) continue
    if (ticks(control)) {
      if (control.checked === value) continue
      control.checked = value === true
    } else {
      if (control.value === value) continue
      control.value = String(value)
    }
    control.dispatchEvent(new Event('input', { bubbles: true }))
    control.dispatchEvent(new Event('change', { bubbles: true }))
  }
  return true
}

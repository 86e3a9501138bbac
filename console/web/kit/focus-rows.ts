/** Marks what act keys are about: a list with its cursor, a panel, the bar over ticked rows. */
const ABOUT = '[data-keys]'

/** Whether the focus stands on rows or a panel. */
export function standsOnRows(element: Element | null): boolean {
  return element?.closest(ABOUT) != null
}

/** Puts the focus where act keys are heard: on the list if it is shown, else on the open panel. */
export function focusRows(): void {
  const places = [...document.querySelectorAll<HTMLElement>(ABOUT)].filter(
    (place) => place.tabIndex >= -1 && place.getClientRects().length > 0 && place.hasAttribute('tabindex')
  )
  const rows = places.find((place) => place.dataset['keys'] === 'list') ?? places[0]
  rows?.focus({ preventScroll: true })
}

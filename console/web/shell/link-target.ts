/** The address of ours that a plain click on a link means; null for every click the browser should handle itself. */
export function linkTarget(event: MouseEvent, origin: string): string | null {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return null
  }
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || link.target !== '' || link.hasAttribute('download')) return null
  // A link inside a picture keeps its address in an object.
  const href: unknown = link.href
  const url = new URL(typeof href === 'string' ? href : (link.getAttribute('href') ?? ''), origin)
  if (url.origin !== origin || url.pathname.startsWith('/api/')) return null
  return url.pathname + url.search
}

// Before the first paint, so that a dark room never sees a white flash. A file of its own: the CSP allows no inline script.
try {
  const kept = JSON.parse(localStorage.getItem('vong-lau') ?? '{}')
  if (kept.theme === 'light' || kept.theme === 'dark') document.documentElement.dataset.theme = kept.theme
  if (kept.language === 'en') document.documentElement.lang = 'en'
} catch {
  // No storage or a damaged entry: the system's own theme stands.
}

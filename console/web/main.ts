import { mount } from 'svelte'
import './styles/base.css'
import { wordsOf } from './i18n/language.ts'
import { keptLanguage, storageOrNull } from './shell/choices.ts'

const target = document.getElementById('app')
if (target !== null) void open(target)

/** The page behind a task's link is opened on a phone with a poor line: it loads nothing of the console. */
async function open(element: HTMLElement): Promise<void> {
  try {
    if (window.location.pathname.startsWith('/t/')) {
      const { default: page } = await import('./phone/PhonePage.svelte')
      mount(page, { target: element })
    } else await openConsole(element)
  } catch (error) {
    console.error(error)
    element.textContent = 'Không tải được Vọng Lâu, hãy tải lại trang. Vọng Lâu could not be loaded, please reload.'
  }
}

async function openConsole(element: HTMLElement): Promise<void> {
  const code = keptLanguage(storageOrNull())
  const [app, { language }, words] = await Promise.all([
    import('./App.svelte'),
    import('./i18n/text.svelte.ts'),
    wordsOf(code)
  ])
  language.show(code, words)
  mount(app.default, { target: element })
}

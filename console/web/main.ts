import { mount } from 'svelte'
import './styles/base.css'

const target = document.getElementById('app')
if (target !== null) void open(target)

/** The page behind a task's link is opened on a phone with a poor line: it loads nothing of the console. */
async function open(element: HTMLElement): Promise<void> {
  const page = window.location.pathname.startsWith('/t/')
    ? await import('./phone/PhonePage.svelte')
    : await import('./App.svelte')
  mount(page.default, { target: element })
}

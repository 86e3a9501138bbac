import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What a browser complained about while it showed a page: exceptions, console errors, violations of the page's policy. */
export type Complaints = { readonly list: string[]; reset(): void }

/** Starts to listen before the first navigation, so that nothing is missed. */
export async function watchPage(page: Page): Promise<Complaints> {
  const list: string[] = []
  page.on('pageerror', (error) => list.push(`pageerror at ${new URL(page.url()).pathname}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' || isExpected(message.text())) return
    list.push(`console at ${new URL(page.url()).pathname}: ${message.text()}`)
  })
  await page.exposeFunction('policyViolated', (what: string) => list.push(`policy: ${what}`))
  await page.addInitScript(tellViolations)
  return { list, reset: () => list.splice(0) }
}

/** Runs in the page before its own scripts. */
const tellViolations = `document.addEventListener('securitypolicyviolation', (event) =>
  window.policyViolated(event.violatedDirective + ' ' + event.blockedURI + ' at ' + location.pathname))`

/** Chromium writes every answer ≥ 400 as an error: asking who is signed in is answered 401 to a stranger, and that is right. */
function isExpected(text: string): boolean {
  return /^Failed to load resource: .* 40[134] /.test(text)
}

/** Goes to an address inside the console and waits until nothing is being fetched or drawn any more. */
export async function visit(page: Page, url: string, path: string): Promise<void> {
  await page.goto(new URL(path, url).href)
  await settled(page)
}

/** The first screen is drawn and no skeleton of a list is left. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' })
}

/** What an attacker writes into every field in the hope that some screen makes markup of it. */
export const hostileText =
  '<img src=x onerror=window.__pwned=1><script>window.__pwned=1</script>{@html window.__pwned=1}${7*7}'

/** A hand between two commands: characters that come faster are typing and do nothing. */
export const handPauses = (page: Page): Promise<void> => page.waitForTimeout(600)

const MAX_TABS = 80

/** Presses Tab until the focus is on `selector`, as somebody without a mouse does. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  const wanted = page.locator(selector).first()
  await wanted.waitFor()
  for (let tabs = 0; tabs < MAX_TABS; tabs++) {
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${selector} is not reached by Tab`)
}

/** Serious and critical violations of the accessibility rules on what is shown now, one line each. */
export async function seriousFaults(page: Page, where: string, only?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (only === undefined ? axe : axe.withRules(only)).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map((node) => `${where}: ${id} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`)
    )
}

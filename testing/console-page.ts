import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { SocError } from '#core/errors.ts'
import type { AdminClient, SocProcess } from './running-process.ts'

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A real Chromium, from CHROMIUM_PATH or the usual places. Throws `bench.no_browser`. */
export async function launchBrowser(): Promise<Browser> {
  const path = [process.env['CHROMIUM_PATH'] ?? '', ...usualPlaces].find(
    (candidate) => candidate !== '' && existsSync(candidate)
  )
  if (path === undefined)
    throw new SocError('bench.no_browser', `no Chromium in CHROMIUM_PATH or ${usualPlaces.join(', ')}`)
  return chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ]
  })
}

/** Opens the console and signs in by typing, as a person does. Ends on the first screen of the role. */
export async function signInOnPage(
  page: Page,
  soc: Pick<SocProcess, 'url'>,
  account: Pick<AdminClient, 'username' | 'password'>
): Promise<void> {
  await page.goto(soc.url)
  await page.locator('input[autocomplete=username]').fill(account.username)
  await page.locator('input[autocomplete=current-password]').fill(account.password)
  await page.keyboard.press('Enter')
  await page.locator('nav').first().waitFor()
}

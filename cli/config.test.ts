import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { settings } from '#core/config.ts'
import { addedSettings, readPlatformConfig } from './config.ts'

it('is documented: .env.example lists every setting with its default, and nothing else', () => {
  const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n')
  const documented = Object.fromEntries(
    lines
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  )
  const all = Object.entries({ ...settings, ...addedSettings })
  expect(documented).toEqual(Object.fromEntries(all.map(([name, setting]) => [name, setting.fallback])))
})

it('knows the settings of the channels and checks them', () => {
  expect(readPlatformConfig({ SOC_SMTP_FROM: 'soc@example.test' }).added['SOC_SMTP_FROM']).toBe('soc@example.test')
  expect(() => readPlatformConfig({ SOC_SMS_DAILY_MAX: 'many' })).toThrow('SOC_SMS_DAILY_MAX is "many"; allowed:')
})

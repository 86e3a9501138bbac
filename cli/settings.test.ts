import { addedValues } from '#core/config.ts'
import { channelSettings } from '#control/notifications/channel-lists.ts'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { realListeners } from '#collector/sources/listeners.ts'
import { allSettings, readSettings } from './settings.ts'

describe('the configuration of the process', () => {
  it('is documented: .env.example lists every setting with its default, and nothing else', () => {
    const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n')
    const documented = Object.fromEntries(
      lines
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
    )
    expect(documented).toEqual(
      Object.fromEntries(Object.entries(allSettings).map(([name, setting]) => [name, setting.fallback]))
    )
  })

  it('opens a listener a protocol, on the port of its setting', () => {
    const config = readSettings({ SOC_HTTP_PORT: '0', SOC_INTAKE_HOST: '127.0.0.2' })
    expect(realListeners(config)).toEqual([
      { id: 'syslog-udp', protocol: 'syslog-udp', host: '127.0.0.2', port: 5514, origin: 'real' },
      { id: 'syslog-tcp', protocol: 'syslog-tcp', host: '127.0.0.2', port: 5514, origin: 'real' },
      { id: 'http', protocol: 'http', host: '127.0.0.2', port: 0, origin: 'real' }
    ])
  })
})

it('knows the settings of the channels and checks them', () => {
  expect(addedValues(readSettings({ SOC_SMTP_FROM: 'soc@example.test' }), channelSettings)['SOC_SMTP_FROM']).toBe(
    'soc@example.test'
  )
  expect(() => readSettings({ SOC_SMS_DAILY_MAX: 'many' })).toThrow('SOC_SMS_DAILY_MAX is "many"; allowed:')
})

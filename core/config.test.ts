import { describe, expect, it } from 'vitest'
import { addedValues, readConfig } from './config.ts'
import { integer, port } from './setting.ts'

describe('the configuration', () => {
  it('names the setting, what was given and what is allowed when a value is wrong', () => {
    expect(() => readConfig({ SOC_CONSOLE_PORT: '99999' })).toThrow(
      'SOC_CONSOLE_PORT is "99999"; allowed: a whole number from 0 to 65535'
    )
    expect(() => readConfig({ SOC_STORE: 'oracle' })).toThrow('SOC_STORE is "oracle"; allowed: sqlite or elasticsearch')
  })

  it('refuses a setting it does not know, so that a slip of the pen is not a silent default', () => {
    expect(() => readConfig({ SOC_CONSOLE_PROT: '1' })).toThrow('SOC_CONSOLE_PROT is not a setting')
  })

  it('refuses to listen beyond loopback without TLS or an explicit word', () => {
    expect(() => readConfig({ SOC_INTAKE_HOST: '0.0.0.0' })).toThrow('SOC_INTAKE_HOST is "0.0.0.0", beyond loopback')
    expect(readConfig({ SOC_INTAKE_HOST: '0.0.0.0', SOC_PLAINTEXT: 'on' }).SOC_INTAKE_HOST).toBe('0.0.0.0')
  })

  it('wants certificate and key together', () => {
    expect(() => readConfig({ SOC_TLS_CERT: 'a.pem' })).toThrow('SOC_TLS_CERT and SOC_TLS_KEY belong together')
  })

  it('takes the settings of tables beside its own, and refuses them without their table', () => {
    const more = { SOC_RELP_PORT: port('port of RELP', 2514), SOC_RELP_MAX: integer('most connections', 10, 1, 100) }
    const config = readConfig({ SOC_RELP_MAX: '7' }, more)
    expect([config.SOC_RELP_PORT, config.SOC_RELP_MAX, config.SOC_CONSOLE_PORT]).toEqual([2514, 7, 8045])
    expect(() => readConfig({ SOC_RELP_MAX: '0' }, more)).toThrow('allowed: a whole number from 1 to 100')
    expect(() => readConfig({ SOC_RELP_MAX: '7' })).toThrow('SOC_RELP_MAX is not a setting')
  })

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })

  it('reads the settings that a part carries itself, and refuses them where nobody brought them', () => {
    const table = { SOC_PIGEONS: integer('pigeons of the channel', 3, 1, 9) }
    expect(addedValues(readConfig({ SOC_PIGEONS: '5' }, table), table)).toEqual({ SOC_PIGEONS: 5 })
    expect(addedValues(readConfig({}), table)).toEqual({ SOC_PIGEONS: 3 })
    expect(() => readConfig({ SOC_PIGEONS: '10' }, table)).toThrow('SOC_PIGEONS is "10"; allowed: a whole number')
    expect(() => readConfig({ SOC_PIGEONS: '5' })).toThrow('SOC_PIGEONS is not a setting')
  })

  it('reads a file below the environment', () => {
    expect(() => readConfig({ SOC_CONFIG: '/no/such/file' })).toThrow(
      'SOC_CONFIG is "/no/such/file": the file cannot be read'
    )
  })
})

it.each([
  'http://a,http://b',
  'http://a:9200,b:9200',
  'http://a,b',
  'http://a;b',
  'http://',
  'http://a:99999',
  'a:9200'
])('an address that is not one is refused by the name of its setting: %s', (address) => {
  expect(() => readConfig({ SOC_ELASTICSEARCH_URL: address })).toThrow(
    `SOC_ELASTICSEARCH_URL is "${address}"; allowed: one http:// or https:// address`
  )
  expect(() => readConfig({ SOC_PUBLIC_URL: address })).toThrow('SOC_PUBLIC_URL is')
})

it('addresses of every form are taken, and an empty one not for the store that needs it', () => {
  for (const address of [
    'http://192.0.2.1:9200',
    'https://[2001:db8::1]:9200/es',
    'https://kho.example',
    'http://es_1:9200'
  ])
    expect(readConfig({ SOC_ELASTICSEARCH_URL: address }).SOC_ELASTICSEARCH_URL).toBe(address)
  expect(() => readConfig({ SOC_STORE: 'elasticsearch', SOC_ELASTICSEARCH_URL: '' })).toThrow(
    'SOC_ELASTICSEARCH_URL, which is empty'
  )
})

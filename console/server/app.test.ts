import { afterAll, expect, test } from 'vitest'
import { testConsole } from './testing.ts'

const soc = testConsole()
afterAll(() => soc.close())

test('the console builds', async () => {
  await soc.app.ready()
  const answer = await soc.app.inject({ url: '/healthz' })
  expect(answer.statusCode).toBe(200)
  const admin = soc.person('admin')
  const api = await soc.app.inject({ url: '/api/openapi.json', headers: admin.headers })
  expect(api.statusCode).toBe(200)
  console.log(api.body.slice(0, 500))
})

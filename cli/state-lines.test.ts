import { expect, it } from 'vitest'
import { createStoreLines } from './state-lines.ts'

it('says once that the store is away, again for another reason, and once that it is back', () => {
  const said: string[] = []
  const logged: string[] = []
  const log = {
    warn: (_: object, message: string) => logged.push(message),
    info: (_: object, message: string) => logged.push(message)
  }
  const tell = createStoreLines(log, (line) => said.push(line))
  const state = (reason: string | null) =>
    tell({ store: { position: 0, losses: [], away: reason === null ? null : { since: 1, reason } } })
  for (const reason of [null, 'HTTP 401', 'HTTP 401', 'no connection', null, null]) state(reason)
  expect(said).toEqual([
    'the store is away: HTTP 401; events wait in the spool',
    'the store is away: no connection; events wait in the spool',
    'the store is back'
  ])
  expect(logged).toEqual(['the store is away', 'the store is away', 'the store is back'])
})

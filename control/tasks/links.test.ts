import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LinkTask } from '#core/api/tasks.ts'
import { DAY_MS } from '#core/time.ts'
import { CITIZEN, OWN } from '#testing/console.ts'
import { phone, taskTest, type TaskTest } from '#testing/tasks.ts'

let t: TaskTest
beforeEach(() => {
  t = taskTest({ SOC_HOTLINE: '0234 3000 000' })
})
afterEach(() => t.close())

/** Everything that is kept, as one text: reading must leave it as it was. */
function everything(): string {
  const tables = t.parts.control.all<{
    name: string
  }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
  return JSON.stringify(tables.map(({ name }) => t.parts.control.sql(`SELECT * FROM "${name}"`).all()))
}
const nonceOf = (answer: { json(): unknown }) => (answer.json() as LinkTask).nonce ?? ''
const stateNow = () => t.parts.control.single<{ state: string }>('SELECT state FROM tasks')

describe('a link that is opened', () => {
  it('shows what happened and what to do, and says nothing of the SOC’s people', async () => {
    await t.ask({ what: { vi: `Tra cứu số ${CITIZEN}`, en: '' } })
    const answer = await phone(t).open()
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ code: 'NV-0001', state: 'sent', level: 'high', unit: { code: OWN } })
    expect(answer.body).not.toContain(CITIZEN)
    expect(answer.json<LinkTask>().entries.map(({ kind, name }) => [kind, name])).toEqual([['sent', 'SOC']])
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    const cookie = answer.cookies[0]!
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  })

  it('by a mail scanner, a preview and a prefetch changes nothing, and the unit can still answer', async () => {
    await t.ask()
    const before = everything()
    const url = `/api/task-links/${t.token()}`
    await t.app.inject({ url, headers: { 'user-agent': 'scanner' } })
    await t.app.inject({ method: 'HEAD', url })
    await t.app.inject({ method: 'HEAD', url: `/t/${t.token()}` })
    await t.app.inject({ url, headers: { 'sec-purpose': 'prefetch', purpose: 'preview' } })
    await t.app.inject({ method: 'OPTIONS', url })
    for (let again = 0; again < 20; again++) await t.app.inject({ url })
    expect(everything()).toBe(before)
    const unit = phone(t)
    expect((await unit.say(nonceOf(await unit.open()), 'doing')).statusCode).toBe(200)
    expect(stateNow()).toEqual({ state: 'doing' })
  })

  it('is kept as a hash: the database holds neither the token nor the secret of a device', async () => {
    await t.ask()
    const unit = phone(t)
    await unit.say(nonceOf(await unit.open()), 'doing')
    const stored = everything()
    expect(stored).not.toContain(t.token())
    for (const secret of unit.cookies.values()) expect(stored).not.toContain(secret)
  })

  it.each(['unknown', 'expired', 'revoked', 'withdrawn'] as const)('that is %s gets the one answer', async (why) => {
    const { task } = await t.ask()
    const token = why === 'unknown' ? 'A'.repeat(43) : t.token()
    if (why === 'expired') t.parts.clock.advance(14 * DAY_MS)
    if (why === 'revoked') t.parts.tasks.act(task.id, { kind: 'revoke' }, t.asking)
    if (why === 'withdrawn') t.parts.tasks.act(task.id, { kind: 'withdraw' }, t.asking)
    const opened = await phone(t).open(token)
    expect([opened.statusCode, opened.json()]).toEqual([
      404,
      { code: 'task_link.gone', message: 'this link is not valid', params: { hotline: '0234 3000 000' } }
    ])
    expect((await phone(t).say('x', 'done', undefined, token)).json()).toMatchObject({ code: 'task_link.gone' })
  })

  it('stays valid for the days that are set, not one moment longer', async () => {
    await t.ask()
    t.parts.clock.advance(14 * DAY_MS - 1)
    expect((await phone(t).open()).statusCode).toBe(200)
    t.parts.clock.advance(1)
    expect((await phone(t).open()).statusCode).toBe(404)
  })
})

describe('an answer by link', () => {
  it('binds the link to its device; another device learns only whom to call', async () => {
    await t.ask()
    const first = phone(t)
    const second = phone(t)
    const nonce = nonceOf(await second.open())
    await first.say(nonceOf(await first.open()), 'doing')
    const opened = await second.open()
    expect([opened.statusCode, opened.json()]).toMatchObject([
      403,
      { code: 'task_link.other_device', params: { code: 'NV-0001', hotline: '0234 3000 000' } }
    ])
    expect((await second.say(nonce, 'not_ours')).statusCode).toBe(403)
    expect(stateNow()).toEqual({ state: 'doing' })
    expect((await first.open()).json()).toMatchObject({ state: 'doing' })
    // A fresh link, asked for at the SOC, belongs to nobody yet.
    t.parts.tasks.act('NV-0001', { kind: 'link', show: false }, t.asking)
    expect((await second.say(nonceOf(await second.open()), 'done')).json()).toMatchObject({ state: 'done' })
  })

  it('that is sent twice counts once, and says the same', async () => {
    await t.ask()
    const unit = phone(t)
    const nonce = nonceOf(await unit.open())
    const first = await unit.say(nonce, 'question', 'Máy nào?')
    const again = await unit.say(nonce, 'question', 'Máy nào?')
    expect([first.statusCode, again.statusCode]).toEqual([200, 200])
    expect(again.json<LinkTask>().entries.filter(({ kind }) => kind === 'question')).toHaveLength(1)
  })

  it('cannot use a nonce for something else, from another device, another link, or a day later', async () => {
    await t.ask()
    const link = t.token()
    const unit = phone(t)
    const nonce = nonceOf(await unit.open())
    const thief = phone(t)
    await thief.open()
    expect((await thief.say(nonce, 'done')).json()).toMatchObject({ code: 'task_link.nonce' })
    expect((await phone(t).say(nonce, 'done')).json()).toMatchObject({ code: 'task_link.no_cookie' })
    await t.ask()
    await unit.open()
    expect((await unit.say(nonce, 'done')).json()).toMatchObject({ code: 'task_link.nonce' })
    await unit.say(nonce, 'doing', undefined, link)
    expect((await unit.say(nonce, 'done', undefined, link)).json()).toMatchObject({ code: 'task_link.nonce_used' })
    const fresh = nonceOf(await unit.open(link))
    t.parts.clock.advance(DAY_MS + 1)
    expect((await unit.say(fresh, 'done', undefined, link)).json()).toMatchObject({ code: 'task_link.nonce' })
  })

  it('from another site, or from something that does not say where it is, is refused', async () => {
    await t.ask()
    const unit = phone(t)
    const nonce = nonceOf(await unit.open())
    const { cookie } = unit.headers()
    const send = (headers: Record<string, string>) =>
      t.app.inject({
        method: 'POST',
        url: `/api/task-links/${t.token()}/answers`,
        headers: { host: 'soc.example', cookie, ...headers },
        payload: { nonce, kind: 'done' }
      })
    expect((await send({ origin: 'https://evil.example' })).statusCode).toBe(403)
    expect((await send({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await send({})).statusCode).toBe(403)
    expect(stateNow()).toEqual({ state: 'sent' })
  })

  it('after the end is refused; the device that answered still reads what it said', async () => {
    await t.ask()
    const unit = phone(t)
    const opened = nonceOf(await unit.open())
    const done = await unit.say(opened, 'done', 'Đã đổi mật khẩu')
    expect(done.json()).toMatchObject({ state: 'done', nonce: null })
    expect((await unit.say(opened, 'done', 'Đã đổi mật khẩu')).statusCode).toBe(200)
    expect((await unit.open()).json()).toMatchObject({ state: 'done', nonce: null })
    expect((await phone(t).open()).statusCode).toBe(404)
  })

  it('needs words for a question, and takes at most 2,000 letters', async () => {
    await t.ask()
    const unit = phone(t)
    const nonce = nonceOf(await unit.open())
    expect((await unit.say(nonce, 'question', '  ')).statusCode).toBe(422)
    expect((await unit.say(nonce, 'question', 'x'.repeat(2001))).statusCode).toBe(400)
    expect((await unit.say(nonce, 'withdraw')).statusCode).toBe(400)
  })
})

describe('somebody who guesses', () => {
  it('is slowed down after ten tries, is on record, and locks nobody out', async () => {
    await t.ask()
    const codes: number[] = []
    for (let n = 0; n < 12; n++) codes.push((await phone(t).open(`${'B'.repeat(40)}${n + 100}`)).statusCode)
    expect(codes).toEqual([...Array(10).fill(404), 429, 429])
    expect((await phone(t).open()).statusCode).toBe(200)
    const acts = t.parts.control.sql("SELECT count(*) AS n FROM audit WHERE act = 'task_link.guessed'").get()
    expect(acts).toEqual({ n: 1 })
    t.parts.clock.advance(60_000)
    expect((await phone(t).open('C'.repeat(43))).statusCode).toBe(404)
  })

  it('is on record too when answering instead of opening', async () => {
    await t.ask()
    for (let n = 0; n < 12; n++) await phone(t).say('x', 'done', undefined, `${'B'.repeat(40)}${n + 100}`)
    const acts = t.parts.control.sql("SELECT count(*) AS n FROM audit WHERE act = 'task_link.guessed'").get()
    expect(acts).toEqual({ n: 1 })
  })

  it('finds nothing with any text, and no nonce that was not issued passes', async () => {
    await t.ask()
    const unit = phone(t)
    const real = nonceOf(await unit.open())
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 199 }), async (text) => {
        const answer = await unit.open(encodeURIComponent(text.toWellFormed()))
        expect([400, 404, 429]).toContain(answer.statusCode)
        if (text !== real) expect((await unit.say(text, 'done')).statusCode).toBeGreaterThanOrEqual(400)
      }),
      { numRuns: 60 }
    )
    expect(stateNow()).toEqual({ state: 'sent' })
  })
})

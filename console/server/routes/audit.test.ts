import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { verifyAuditChain } from '#control/accounts/audit-verify.ts'
import { openControl, type Control } from '#control/database/control.ts'
import { createAudit } from '#control/accounts/audit.ts'
import { csvCell } from '../views/audit-export.ts'
import { CITIZEN, START, testConsole } from '#testing/console.ts'

const soc = testConsole()
const { app, parts } = soc
beforeAll(async () => void (await app.ready()))
afterAll(() => soc.close())

function filled(rows: number): Control {
  const control = openControl(':memory:')
  const audit = createAudit(control, manualClock(START))
  for (let row = 0; row < rows; row++) audit.record({ user: `u${row % 3}`, act: 'alert.verdict', target: `CB-${row}` })
  return control
}
/** What somebody does who has the file and its triggers out of the way. */
function tamper(control: Control, sql: string) {
  control.sql('DROP TRIGGER IF EXISTS audit_no_update').run()
  control.sql('DROP TRIGGER IF EXISTS audit_no_delete').run()
  control.sql(sql).run()
}

describe('the chain of the audit log', () => {
  it('holds for what was written, whatever was written', () => {
    const control = openControl(':memory:')
    const audit = createAudit(control, manualClock(START))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (user, target) => {
        audit.record({
          user: user.toWellFormed().replaceAll('\0', ''),
          act: 'x',
          target: target.replaceAll('\0', ''),
          params: { target }
        })
      }),
      { numRuns: 200 }
    )
    expect(verifyAuditChain(control)).toMatchObject({ rows: 200, fault: null })
    control.close()
  })

  it.each([
    ['a changed row', `UPDATE audit SET target = 'CB-99' WHERE id = 7`, { id: 7, kind: 'changed' }],
    ['a row moved in time', `UPDATE audit SET at = at + 1 WHERE id = 7`, { id: 7, kind: 'changed' }],
    ['a row with a new hash of its own', `UPDATE audit SET hash = 'x' WHERE id = 7`, { id: 7, kind: 'changed' }],
    ['a row that is gone', 'DELETE FROM audit WHERE id = 7', { id: 7, kind: 'missing' }],
    ['the first row gone', 'DELETE FROM audit WHERE id = 1', { id: 1, kind: 'missing' }],
    ['the last rows gone', 'DELETE FROM audit WHERE id > 17', { id: 18, kind: 'missing' }]
  ])('shows %s', (_name, sql, fault) => {
    const control = filled(20)
    tamper(control, sql)
    expect(verifyAuditChain(control).fault).toEqual(fault)
    control.close()
  })

  it('is laid over the rows of an older version at the migration, gaps and all', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vl-audit-'))
    const path = join(folder, 'control.db')
    const first = new DatabaseSync(path)
    const migrations = new URL('../../../control/database/migrations/', import.meta.url)
    const name = readdirSync(migrations).find((file) => file.startsWith('0001'))!
    first.exec(readFileSync(new URL(name, migrations), 'utf8'))
    for (const id of [1, 2, 5, 6])
      first.prepare(`INSERT INTO audit (id, at, user, act, target) VALUES (?, ?, 'lan', 'x', 'đích')`).run(id, START)
    first.exec('PRAGMA user_version=1')
    first.close()
    const control = openControl(path)
    expect(verifyAuditChain(control)).toMatchObject({ rows: 4, fault: null })
    createAudit(control, manualClock(START)).record({ user: 'lan', act: 'y', target: '' })
    expect(verifyAuditChain(control)).toMatchObject({ rows: 5, fault: null })
    tamper(control, `UPDATE audit SET user = 'mai' WHERE id = 2`)
    expect(verifyAuditChain(control).fault).toEqual({ id: 2, kind: 'changed' })
    control.close()
    rmSync(folder, { recursive: true })
  })

  it('keeps its order when the clock is set back', () => {
    const control = openControl(':memory:')
    const clock = manualClock(START)
    const audit = createAudit(control, clock)
    audit.record({ user: 'lan', act: 'x', target: '1' })
    clock.advance(-3_600_000)
    audit.record({ user: 'lan', act: 'x', target: '2' })
    expect(audit.list({ limit: 9 }).map((entry) => entry.at)).toEqual([START, START])
    control.close()
  })
})

describe('looking through the audit log', () => {
  const control = openControl(':memory:')
  const clock = manualClock(START)
  const audit = createAudit(control, clock)
  const acts = ['alert.verdict', 'alert.note', 'session.opened', 'session.refused', 'alerts']
  for (let row = 0; row < 300; row++) {
    audit.record({ user: `u${row % 7}`, act: acts[row % 5]!, target: `CB-${row % 11}` })
    clock.advance(1000)
  }
  afterAll(() => control.close())

  it('any filter gives what a plain look at every row gives, page after page', () => {
    const all = audit.list({ limit: 1000 })
    const option = <T>(...values: T[]) => fc.constantFrom(undefined, ...values)
    fc.assert(
      fc.property(
        option('u1', 'u6', 'ai'),
        option('alert', 'alert.note', 'session', 'x'),
        option('CB-3', 'CB-9'),
        option(0, 100, 299),
        option(50, 250),
        option(['u1', 'u2']),
        fc.integer({ min: 1, max: 40 }),
        (user, act, target, from, to, among, limit) => {
          const given = { user, act, target, from: from && START + from * 1000, to: to && START + to * 1000, among }
          const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
          const expected = all.filter(
            (entry) =>
              (user === undefined || entry.user === user) &&
              (act === undefined || entry.act === act || entry.act.startsWith(`${act}.`)) &&
              (target === undefined || entry.target === target) &&
              (!from || entry.at >= START + from * 1000) &&
              (!to || entry.at < START + to * 1000) &&
              (among === undefined || among.includes(entry.user))
          )
          const seen: number[] = []
          let before = Number.MAX_SAFE_INTEGER
          for (;;) {
            const page = audit.list({ ...filter, before, limit })
            seen.push(...page.map((entry) => entry.id))
            if (page.length < limit) break
            before = page.at(-1)!.id
          }
          expect(seen).toEqual(expected.map((entry) => entry.id))
          const forth = audit.page({ ...filter, after: 0, upTo: 300, limit: 1000 }).map((entry) => entry.id)
          expect(forth).toEqual(seen.toReversed())
        }
      ),
      { numRuns: 150 }
    )
  })

  it('walks an index whatever is asked, never the whole table', () => {
    const plans = [
      ['user = ?', 'audit_by_user'],
      ['act = ?', 'audit_by_act'],
      [`act = 'x' AND user = ?`, 'audit_by_user_act'],
      ['target = ?', 'audit_by_target']
    ].map(([where, index]) => {
      const plan = control.all<{ detail: string }>(
        `EXPLAIN QUERY PLAN SELECT id FROM audit WHERE id BETWEEN 1 AND 9 AND ${where} ORDER BY id DESC LIMIT 9`,
        'x'
      )
      return plan.every((row) => row.detail.includes(index!) && !row.detail.includes('TEMP B-TREE'))
    })
    expect(plans).toEqual([true, true, true, true])
  })
})

describe('the export', () => {
  const ask = async (format: string, headers: Record<string, string>, more = '') =>
    app.inject({ url: `/api/audit/export?format=${format}${more}`, headers })

  it('ends with the hash of what is above it, is masked, and is itself on record', async () => {
    const auditor = soc.person('auditor')
    const audit = createAudit(parts.control, parts.clock)
    for (let row = 0; row < 1203; row++)
      audit.record({
        user: 'lan',
        act: 'alert.note',
        target: `=CMD|'/C calc'!A${row}`,
        params: { text: `gọi ${CITIZEN}` }
      })
    const lines = (await ask('jsonl', auditor.headers)).body.split('\n')
    const last = JSON.parse(lines.at(-2)!) as { sha256: string; rows: number; chain: string }
    const above = `${lines.slice(0, -2).join('\n')}\n`
    expect(createHash('sha256').update(above).digest('hex')).toBe(last.sha256)
    expect(last.rows).toBe(lines.length - 2)
    expect(last.rows).toBeGreaterThan(1200)
    expect(above).not.toContain(CITIZEN)
    const csv = (await ask('csv', auditor.headers, '&act=alert.note')).body
    const rows = csv.split('\r\n')
    expect(rows[1]).toContain(`"'=CMD|'/C calc'!A0"`)
    const end = csv.lastIndexOf('"SHA-256"')
    expect(csv.slice(end)).toContain(createHash('sha256').update(csv.slice(0, end)).digest('hex'))
    expect(parts.control.sql(`SELECT count(*) AS n FROM audit WHERE act = 'audit.exported'`).get()).toEqual({ n: 2 })
  })

  it('is for auditors and administrators', async () => {
    for (const role of ['analyst', 'owner', 'leader'] as const)
      expect((await ask('csv', soc.person(role).headers)).json().code).toBe('access.denied')
    expect((await ask('xlsx', soc.person('auditor').headers)).statusCode).toBe(400)
  })

  it('no cell begins a formula, whatever somebody wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const cell = csvCell(text)
        expect(cell).toMatch(/^"[^"]*(?:""[^"]*)*"$/su)
        expect(cell.slice(1)).not.toMatch(/^\s*[=+\-@\t\r]/)
      })
    )
    expect(csvCell(-1)).toBe('"-1"')
  })
})

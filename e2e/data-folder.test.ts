import { execFile } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertDetail, AlertList, IncidentDetail } from '#core/api/alerts.ts'
import type { AuditList } from '#core/api/audit.ts'
import type { IncidentList } from '#core/api/incidents.ts'

import type { ProbeRow, SystemDetail } from '#core/api/health.ts'
import type { NotificationDetail, NotificationList, PersonContacts } from '#core/api/notifications.ts'
import type { UnitDetail } from '#core/api/province.ts'
import type { EventHistogram, EventSearch, SourceList } from '#core/api/sources.ts'
import type { TaskDetail } from '#core/api/tasks.ts'
import { unpackDataFolder } from '#testing/data-folder.ts'
import {
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'

/*
 * testing/data-folder-1aaae19 was written by commit 1aaae19: seven minutes of the demonstration, then a source, three
 * events, a contact, an account, a verdict, a note and a task over its API, and a stop. Only the row that says whether
 * the demonstration plays on was changed, so that nothing is added here. Every value below is what 1aaae19 answered.
 */
const root = join(import.meta.dirname, '..')
/** Half a minute after that stop. */
const START = 1_796_005_120_000
const SOURCE = 'o4_u9Oh5K8-ELVcm'

let data: string
let soc: SocProcess
let admin: AdminClient

beforeAll(async () => {
  data = temporaryFolder('data-folder')
  unpackDataFolder(join(root, 'testing/data-folder-1aaae19'), data)
  soc = await startSocProcess(data, {
    SOC_DEMO: 'auto',
    TEST_CLOCK_START: String(START),
    NODE_OPTIONS: `--import=${pathToFileURL(join(root, 'testing/process-clock.ts')).href}`
  })
  admin = await signInAsAdmin(soc)
})

afterAll(async () => {
  await soc?.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('a data folder of 1aaae19, opened by this version', () => {
  it('is migrated after a copy of the control database is put beside it', () => {
    expect(readdirSync(data).filter((name) => /^control\.db\.before-\d{4}$/.test(name))).toHaveLength(1)
  })

  it('alerts stand as they stood, with evidence and timeline', async () => {
    const { items, counts } = await admin.get<AlertList>('/api/alerts?tab=all&limit=100')
    expect(counts).toEqual({ new: 10, mine: 1, waiting: 1, escalated: 0, archived: 0, closed: 1, all: 13 })
    const brief = items.map(({ id, level, status, count, unit, incident }) =>
      [id, level, status, count, unit.code, incident ?? '-'].join(' ')
    )
    expect(brief.sort()).toEqual([
      'CB-0001 medium waiting 17 19849 -',
      'CB-0002 critical new 1 19849 VL-0001',
      'CB-0003 high closed 2 19849 -',
      'CB-0004 critical new 2 19849 VL-0001',
      'CB-0005 high new 1 483 -',
      'CB-0006 high new 1 483 -',
      'CB-0007 high new 1 481 VL-0002',
      'CB-0008 high new 1 481 VL-0002',
      'CB-0009 critical new 2 481 VL-0002',
      'CB-0010 critical new 412 19792 VL-0003',
      'CB-0011 medium acknowledged 1 20116 -',
      'CB-0012 high new 1 19849 VL-0001',
      'CB-0013 critical new 1 H57.soc VL-0004'
    ])
    const judged = await admin.get<AlertDetail>('/api/alerts/CB-0003')
    expect(judged.evidence).toHaveLength(2)
    expect(judged.timeline.map(({ act, params }) => ({ act, params }))).toEqual([
      { act: 'alert.opened', params: { level: 'high' } },
      { act: 'alert.verdict', params: { verdict: 'false_positive' } }
    ])
    expect(judged.timeline[1]?.text).toBe('Máy quét của đơn vị')
  })

  it('incidents keep their timelines', async () => {
    expect((await admin.get<IncidentList>('/api/incidents')).total).toBe(4)
    const { incident, timeline } = await admin.get<IncidentDetail>('/api/incidents/VL-0001')
    expect(incident).toMatchObject({
      title: { vi: 'Đăng nhập SSH thành công sau khi dò mật khẩu: Xã Phong Thu (Phong Điền)' },
      alerts: 3,
      openedAt: 1_796_004_618_038,
      deadline: 1_796_008_218_038
    })
    expect(timeline.map(({ at, act }) => [at, act])).toEqual([
      [1_796_004_618_038, 'incident.opened'],
      [1_796_004_618_039, 'incident.alert_joined'],
      [1_796_004_626_044, 'incident.alert_joined'],
      [1_796_004_800_953, 'incident.alert_joined'],
      [1_796_004_800_953, 'incident.outage_after_alert']
    ])
    const noted = await admin.get<IncidentDetail>('/api/incidents/VL-0002')
    expect(noted.timeline.at(-1)).toMatchObject({ at: 1_796_005_067_356, act: 'note', text: 'Đã gọi đơn vị' })
  })

  it('notifications keep their fates and their history', async () => {
    const { items } = await admin.get<NotificationList>('/api/notifications')
    expect(items.map(({ id, status, code, composedAs, subject }) => [id, status, code, composedAs, subject])).toEqual([
      [10, 'delivered', '', 'sms', 'task:NV-0001'],
      [9, 'deferred', 'storm.held', 'zalo_zns', 'incident:VL-0004'],
      [8, 'deferred', 'storm.held', 'sms', 'incident:VL-0004'],
      [7, 'delivered', '', 'sms', 'digest:kpD8sdIIFI5gSqr5cUE76Z'],
      [6, 'cancelled', 'digest.folded', 'zalo_zns', 'incident:VL-0003'],
      [5, 'cancelled', 'digest.folded', 'sms', 'incident:VL-0003'],
      [4, 'cancelled', 'digest.folded', 'zalo_zns', 'incident:VL-0002'],
      [3, 'cancelled', 'digest.folded', 'sms', 'incident:VL-0002'],
      [2, 'delivered', '', 'zalo_zns', 'incident:VL-0001'],
      [1, 'delivered', '', 'sms', 'incident:VL-0001']
    ])
    const folded = await admin.get<NotificationDetail>('/api/notifications/3')
    expect(folded.notification.foldedInto).toBe(7)
    expect(folded.history).toEqual([
      { at: 1_796_004_642_059, status: 'queued', code: '', detail: '' },
      { at: 1_796_004_642_062, status: 'deferred', code: 'storm.held', detail: '' },
      { at: 1_796_004_703_016, status: 'cancelled', code: 'digest.folded', detail: '' }
    ])
  })

  it('contacts of units and of people are whole', async () => {
    const unit = await admin.get<UnitDetail>('/api/units/19849')
    expect(unit.contacts).toEqual([
      {
        id: 'MeWzsJJsrGFjtIBF',
        role: 'Cán bộ CNTT',
        name: 'Người nhận thử',
        phone: '0900000001',
        email: 'nhan@example.test',
        channels: ['sms']
      }
    ])
    const { people } = await admin.get<PersonContacts>('/api/notifications/people')
    expect(people.find(({ user }) => user.name === 'Người trực thử')?.contact).toEqual({
      addresses: { phone: '0900000002', email: 'truc@example.test', zalo_user: '', zalo_chat: '', telegram_chat: '' },
      channels: ['sms', 'email']
    })
  })

  it('a task keeps its words, its history and its link', async () => {
    const { task, steps, entries, links } = await admin.get<TaskDetail>('/api/tasks/NV-0001')
    expect(task).toMatchObject({
      unit: { code: '19849' },
      state: 'sent',
      alerts: ['CB-0001'],
      deadline: 1_796_091_467_490
    })
    expect(steps).toHaveLength(4)
    expect(entries.map(({ at, kind, name }) => [at, kind, name])).toEqual([
      [1_796_005_067_592, 'sent', 'Quản trị viên']
    ])
    expect(links).toMatchObject([{ id: 'u4XB_rKq', contact: 'Người nhận thử', state: 'open' }])
  })

  it('sources have the figures of the ledger, and the ledger balances', async () => {
    const { sources, ledger } = await admin.get<SourceList>('/api/sources')
    expect(ledger.balanced).toBe(true)
    const figures = Object.fromEntries(sources.map(({ id, received, fates }) => [id, [received, fates.stored]]))
    expect(figures).toEqual({
      'demo-quang-dien': [23, 23],
      'demo-phong-thu': [45, 45],
      'demo-phong-an': [23, 23],
      'demo-vinh-hung': [5, 5],
      'demo-a-luoi': [25, 25],
      'demo-lgsp': [628, 628],
      'demo-nam-dong': [25, 25],
      [SOURCE]: [3, 3]
    })
  })

  it('probes keep their last result, systems their health before the stop', async () => {
    const probes = await admin.get<ProbeRow[]>('/api/probes')
    expect(probes).toHaveLength(93)
    expect(probes.find(({ systemName }) => systemName === 'Hue-S')).toMatchObject({
      kind: 'http',
      draft: { name: 'Hue-S', intervalMs: 5000, attempts: 2, target: { kind: 'http', keyword: 'Hue-S' } }
    })
    const { intervals } = await admin.get<SystemDetail>('/api/systems/ndxp?origin=demonstration')
    expect(intervals.slice(1).map(({ from, to, state }) => [from, to, state])).toEqual([
      [1_796_005_065_451, 1_796_005_079_617, 'DOWN'],
      [1_796_005_047_001, 1_796_005_065_451, 'UNKNOWN'],
      [1_796_004_916_555, 1_796_005_047_001, 'DOWN'],
      [1_796_004_617_375, 1_796_004_916_555, 'UP'],
      [1_796_004_616_037, 1_796_004_617_375, 'UNKNOWN'],
      [1_795_581_616_037, 1_796_004_616_037, 'UP'],
      [1_795_576_216_037, 1_795_581_616_037, 'DEGRADED'],
      [1_795_464_616_037, 1_795_576_216_037, 'UP'],
      [1_795_461_016_037, 1_795_464_616_037, 'DEGRADED'],
      [1_795_399_816_037, 1_795_461_016_037, 'UP']
    ])
  })

  it('stored events are found', async () => {
    const search = (query: string) => admin.get<EventSearch>(`/api/events?${query}`)
    expect((await search('q=nguoi-thu')).hits.map(({ summary, origin }) => [summary, origin])).toEqual([
      ['Accepted password for nguoi-thu-2 from 192.0.2.1 port 40000 ssh2', 'real'],
      ['Accepted password for nguoi-thu-1 from 192.0.2.1 port 40000 ssh2', 'real'],
      ['Accepted password for nguoi-thu-0 from 192.0.2.1 port 40000 ssh2', 'real']
    ])
    expect((await search('origin=demonstration&q=quantri&limit=100')).hits).toHaveLength(19)
    const { buckets } = await admin.get<EventHistogram>('/api/events/histogram?origin=demonstration')
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(774)
  })

  it('the audit log is whole and its chain unbroken', async () => {
    const { entries } = await admin.get<AuditList>('/api/audit')
    expect(entries.filter(({ id }) => id <= 14).map(({ act }) => act)).toEqual([
      'refused',
      'task.sent',
      'incident.note',
      'alert.assign',
      'alert.verdict',
      'person.contact',
      'user.created',
      'contacts.replaced',
      'token.created',
      'source.created',
      'password.changed',
      'session.opened',
      'user.password_reset',
      'user.created'
    ])
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'cli/index.ts'), 'audit', 'verify', '--json'],
      { cwd: root, env: { ...process.env, SOC_DATA: data } }
    )
    // The password that the test resets, its sign-in and the new password come on top of the fourteen.
    expect(JSON.parse(stdout)).toMatchObject({ rows: 17, fault: null })
  })
})

import type { NewSubscriber, ReportSubscriber } from '#core/api/reports.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { ReportKind } from '#core/report.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'

type SubscriberRow = {
  id: string
  kind: ReportKind
  unit: string
  user_id: string | null
  address: string
  name: string
}

/** Subscribers of one kind and unit; each gets a message per report. */
const MAX_SUBSCRIBERS = 200

/** Who gets which report: the table `report_subscribers`. */
export function createSubscribers(control: Control, inventory: Inventory) {
  const subscriberOf = (row: SubscriberRow): ReportSubscriber => ({
    id: row.id,
    kind: row.kind,
    unit: row.unit === '' ? null : inventory.label(row.unit),
    userId: row.user_id,
    address: row.address,
    name: row.name
  })
  /** Throws 422 `unit.unknown`, `report.unit`, `report.address`, `user.unknown` or `report.subscribers`. */
  function check(draft: NewSubscriber) {
    if (draft.unit !== '' && inventory.unit(draft.unit) === undefined) {
      throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: draft.unit } })
    }
    if ((draft.kind === 'unit_weekly') !== (draft.unit !== '')) {
      throw new SocError('report.unit', 'a report for a unit names it, and only that kind does', { status: 422 })
    }
    const isAddress = /^[^\s@<>",;]{1,100}@[^\s@<>",;]{1,90}$/.test(draft.address)
    if (draft.userId === null ? !isAddress : draft.address !== '') {
      throw new SocError('report.address', 'a subscriber is an account or an e-mail address', { status: 422 })
    }
    if (draft.userId !== null && control.sql('SELECT 1 FROM users WHERE id = ?').get(draft.userId) === undefined) {
      throw new SocError('user.unknown', 'no such account', { status: 422 })
    }
    const { n } = control.single<{ n: number }>(
      'SELECT COUNT(*) AS n FROM report_subscribers WHERE kind = ? AND unit = ?',
      draft.kind,
      draft.unit
    )
    if (n >= MAX_SUBSCRIBERS) {
      throw new SocError('report.subscribers', `at most ${MAX_SUBSCRIBERS} subscribers`, { status: 422 })
    }
  }

  return {
    list: () =>
      control
        .all<SubscriberRow>(
          'SELECT id, kind, unit, user_id, address, name FROM report_subscribers ORDER BY kind, unit, name'
        )
        .map(subscriberOf),
    subscribedTo: (kind: ReportKind, unit: string) =>
      control
        .all<SubscriberRow>(
          `SELECT id, kind, unit, user_id, address, name FROM report_subscribers WHERE kind = ? AND unit = ? LIMIT ${MAX_SUBSCRIBERS}`,
          kind,
          unit
        )
        .map(subscriberOf),
    units: () =>
      control
        .all<{ unit: string }>(`SELECT DISTINCT unit FROM report_subscribers WHERE kind = 'unit_weekly'`)
        .map(({ unit }) => unit)
        .filter((unit) => unit !== ''),
    add(draft: NewSubscriber, by: string, at: number): ReportSubscriber {
      check(draft)
      const made: SubscriberRow = {
        id: randomId(),
        kind: draft.kind,
        unit: draft.unit,
        user_id: draft.userId,
        address: draft.address,
        name: draft.name
      }
      control
        .sql(
          `INSERT INTO report_subscribers (id, kind, unit, user_id, address, name, created_at, created_by)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
        )
        .run(made.id, made.kind, made.unit, made.user_id, made.address, made.name, at, by)
      return subscriberOf(made)
    },
    remove(id: string) {
      const { changes } = control.sql('DELETE FROM report_subscribers WHERE id = ?').run(id)
      if (changes === 0) throw new SocError('report.subscriber_not_found', 'no such subscriber', { status: 404 })
    }
  }
}
export type Subscribers = ReturnType<typeof createSubscribers>

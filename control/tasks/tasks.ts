import type {
  TaskAct,
  TaskAnswer,
  TaskDetail,
  TaskDraft,
  TaskFile,
  TaskList,
  TaskRow,
  TaskSuggestion
} from '#core/api/tasks.ts'
import type { Config } from '#core/config.ts'
import { SocError } from '#core/errors.ts'
import type { NotificationStatus } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { Actor } from '#control/rights/actor.ts'
import { giveBack, isOpen, takeAnswer } from './answering.ts'
import { senderOf } from '#control/notifications/sender.ts'
import { readAdviceBook } from '#control/rules/advice-book.ts'
import { createEvidence, type Evidence, type StoredEvidence } from './evidence.ts'
import { checkFileRoom, createLinkDesk, keepFile, type LinkDesk } from './link-desk.ts'
import { createLinks } from './links.ts'
import { listTasks, type TaskFilter } from './list.ts'
import { bilingual, entriesOf, filesOf, saveTask, taskById, taskRow, type TaskRecord } from './record.ts'
import { remind, startRound, stopRound } from './reminders.ts'
import { checkDeadline, letWait, send, socOf, suggest, type About } from './sending.ts'
import { enter, writeToUnit, type TaskContext } from './telling.ts'
import { hear, nowKnown } from './told.ts'

export type { TaskFilter } from './list.ts'

/**
 * What the SOC asks of units: the tasks, their links, answers, evidence, reminders and escalations. Rows are unmasked and
 * rights are asked in the routes. Refusals are SocErrors with a 4xx status.
 */
export type Tasks = {
  suggest(about: About, unit?: string): TaskSuggestion
  send(draft: TaskDraft, by: Actor): TaskDetail
  list(filter: TaskFilter): TaskList
  /** The row alone, for asking whose it is. */
  row(id: string): TaskRow | undefined
  detail(id: string): TaskDetail | undefined
  act(id: string, act: TaskAct, by: Actor): { detail: TaskDetail; link: string | null }
  /** An answer of the unit from an account. */
  answer(id: string, answer: TaskAnswer, by: Actor): TaskDetail
  file(task: string, id: string): TaskFile | undefined
  /** Throws when the task takes no further file. */
  checkFileRoom(id: string): void
  /** Puts a file that was read into the books, for an account. */
  keepFile(id: string, file: StoredEvidence, by: Actor): TaskDetail
  /** The public side: what those with a link see and say. */
  desk: LinkDesk
  evidence: Evidence
  /** Sends reminders and escalations that are due; call it every few seconds. Returns how many tasks moved. */
  tick(): number
  /** A message has changed its fate; `subject` as announcements name it. Once one has reached somebody its task is known. */
  heard(message: { subject: string; status: NotificationStatus }): void
  /** Deletes the tasks of an origin with their files: the end of a demonstration. */
  forget(origin: Origin): Promise<number>
}

/** Builds the tasks on an open control database. `changed` hears every committed change, `warn` of advice that cannot be read. */
export function createTasks(
  parts: Omit<TaskContext, 'links' | 'advice' | 'changed'> & {
    config: Config
    changed(row: TaskRow): void
    warn?(message: string): void
  }
): Tasks {
  const { control, clock } = parts
  const context: TaskContext = {
    control,
    inventory: parts.inventory,
    clock,
    alerts: parts.alerts,
    notifier: parts.notifier,
    links: createLinks(control, clock, parts.config.SOC_TASK_LINK_DAYS),
    advice: readAdviceBook(parts.config.SOC_RULES, parts.warn ?? (() => undefined)),
    changed: (record) => control.afterCommit(() => parts.changed(taskRow(context, record)))
  }
  const evidence = createEvidence({
    control,
    folder: parts.config.SOC_DATA,
    reserveBytes: parts.config.SOC_DISK_RESERVE_MB * 1024 * 1024
  })

  const known = (id: string): TaskRecord => {
    const record = taskById(context, id)
    if (record === undefined)
      throw new SocError('task.not_found', 'there is no such task', { status: 404, params: { id } })
    return record
  }
  function detailOf(record: TaskRecord): TaskDetail {
    const now = clock.now()
    return {
      task: taskRow(context, record),
      what: bilingual(record.what),
      steps: JSON.parse(record.steps) as TaskDetail['steps'],
      entries: entriesOf(context, record.id),
      files: filesOf(context, record.id),
      links: context.links.ofTask(record.id).map((link) => ({
        id: link.id,
        contact: link.contact_name,
        createdAt: link.created_at,
        expiresAt: link.expires_at,
        state:
          link.revoked_at !== null
            ? ('revoked' as const)
            : link.expires_at <= now
              ? ('expired' as const)
              : link.device === null
                ? ('open' as const)
                : ('bound' as const)
      }))
    }
  }

  return {
    suggest: (about, unit) => suggest(context, about, unit),
    send(draft, by) {
      return control.transaction(() => {
        const record = send(context, draft, by)
        saveTask(context, record)
        context.changed(record)
        return detailOf(record)
      })
    },
    list: (filter) => listTasks(context, filter),
    row(id) {
      const record = taskById(context, id)
      return record === undefined ? undefined : taskRow(context, record)
    },
    detail(id) {
      const record = taskById(context, id)
      return record === undefined ? undefined : detailOf(record)
    },
    act(id, act, by) {
      return control.transaction(() => {
        const record = known(id)
        const link = perform(context, record, act, by)
        saveTask(context, record)
        context.changed(record)
        return { detail: detailOf(record), link }
      })
    },
    answer(id, answer, by) {
      return control.transaction(() => {
        const record = known(id)
        takeAnswer(context, record, answer, { side: 'unit', name: by.name, user: by })
        return detailOf(record)
      })
    },
    checkFileRoom: (id) => checkFileRoom(context, known(id)),
    keepFile(id, file, by) {
      return control.transaction(() => {
        const record = known(id)
        keepFile(context, record, file, { side: 'unit', name: by.name, user: by })
        return detailOf(record)
      })
    },
    file: (task, id) => filesOf(context, task).find((file) => file.id === id),
    desk: createLinkDesk(context, (origin) => senderOf(parts.config, origin).hotline),
    evidence,
    tick: () => remind(context),
    heard: (message) => hear(context, message),
    async forget(origin) {
      const rows = control.all<{ id: string }>('SELECT id FROM tasks WHERE origin = ?', origin)
      const files = rows.flatMap(({ id }) => filesOf(context, id))
      control.sql('DELETE FROM tasks WHERE origin = ?').run(origin)
      for (const { id } of files) await evidence.discard(id)
      return rows.length
    }
  }
}

/** One act of the SOC on a task; returns the path of a link that was asked for. */
function perform(context: TaskContext, record: TaskRecord, act: TaskAct, by: Actor): string | null {
  const now = context.clock.now()
  const doer = socOf(by)
  const mustBeOpen = () => {
    if (!isOpen(record))
      throw new SocError('task.ended', 'this task has ended', { status: 409, params: { state: record.state } })
  }
  switch (act.kind) {
    case 'answer':
      mustBeOpen()
      record.questions = 0
      enter(context, record, { kind: 'answer', by: doer, text: act.text.trim() })
      writeToUnit(context, record, 'answer', now)
      return null
    case 'withdraw':
      mustBeOpen()
      Object.assign(record, { state: 'withdrawn', ended_at: now, questions: 0 } satisfies Partial<TaskRecord>)
      stopRound(record)
      enter(context, record, { kind: 'withdrawn', by: doer, text: act.text?.trim() ?? '' })
      context.links.revoke(record.id)
      context.notifier.acknowledge(`task:${record.id}`, by.name)
      writeToUnit(context, record, 'withdrawn', now)
      giveBack(context, record)
      return null
    case 'extend':
      mustBeOpen()
      checkDeadline(act.deadline, now)
      startRound(record, now, act.deadline)
      enter(context, record, { kind: 'extended', by: doer, params: { deadline: act.deadline } })
      writeToUnit(context, record, 'extended', record.round)
      return null
    case 'reopen':
      if (isOpen(record)) throw new SocError('task.open', 'this task is open', { status: 409 })
      checkDeadline(act.deadline, now)
      Object.assign(record, { state: 'sent', ended_at: null } satisfies Partial<TaskRecord>)
      startRound(record, now, act.deadline)
      enter(context, record, { kind: 'reopened', by: doer, text: act.text.trim(), params: { deadline: act.deadline } })
      letWait(context, record, by)
      writeToUnit(context, record, 'reopened', record.round)
      return null
    case 'link': {
      mustBeOpen()
      context.links.revoke(record.id)
      enter(context, record, { kind: 'link', by: doer, params: { shown: act.show ? 1 : 0 } })
      if (act.show) {
        // Whoever asks for it hands it on.
        nowKnown(context, record)
        return `/t/${context.links.create(record.id, record.contact_name)}`
      }
      writeToUnit(context, record, 'link', now)
      return null
    }
    case 'revoke':
      enter(context, record, { kind: 'revoked', by: doer, params: { links: context.links.revoke(record.id) } })
      return null
  }
}

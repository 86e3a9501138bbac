import type { TaskDraft, TaskSuggestion } from '#core/api/tasks.ts'

type Words = { vi: string; en: string }

/** What a person edits, in the language shown: the other one is kept only where nothing was changed. */
export type WrittenTask = {
  unit: string
  contact: string
  title: string
  what: string
  /** One step a line. */
  steps: string
  deadline: number
}

/** Steps a task has at most. */
export const STEPS_MAX = 5

/** A suggestion as texts to edit; `pick` chooses the language. */
export function writtenFrom(suggestion: TaskSuggestion, pick: (words: Words) => string): WrittenTask {
  const { draft } = suggestion
  return {
    unit: draft.unit,
    contact: draft.contact ?? '',
    title: pick(draft.title),
    what: pick(draft.what),
    steps: draft.steps.map(pick).join('\n'),
    deadline: draft.deadline
  }
}

/** The request to send: unchanged words stay in both languages, changed ones stand for both. */
export function draftOf(written: WrittenTask, suggestion: TaskSuggestion, pick: (words: Words) => string): TaskDraft {
  const { draft } = suggestion
  const known = [draft.title, draft.what, ...draft.steps]
  const words = (text: string): Words =>
    known.find((one) => pick(one).trim() === text.trim()) ?? { vi: text.trim(), en: '' }
  const lines = written.steps.split('\n').filter((line) => line.trim() !== '')
  return {
    unit: written.unit,
    alerts: draft.alerts,
    incident: draft.incident,
    title: words(written.title),
    what: words(written.what),
    steps: lines.slice(0, STEPS_MAX).map((line) => words(line.replace(/^\s*\d+[.)]\s*/, ''))),
    deadline: written.deadline,
    contact: written.contact === '' ? null : written.contact
  }
}

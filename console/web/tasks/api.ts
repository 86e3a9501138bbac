import type { TaskAct, TaskAnswer, TaskDraft, tasksApi } from '#core/api/tasks.ts'
import type { Call, Query } from '../api/call.ts'

/** What the SOC asks of units, and their answers. */
export const taskCalls = (call: Call<typeof tasksApi>) => ({
  tasks: (query: Query) => call('GET /api/tasks', { query }),
  task: (id: string) => call('GET /api/tasks/:id', { params: { id } }),
  taskSuggestion: (query: Query) => call('GET /api/task-suggestion', { query }),
  sendTask: (draft: TaskDraft) => call('POST /api/tasks', { body: draft }),
  actOnTask: (id: string, act: TaskAct) => call('POST /api/tasks/:id/acts', { params: { id }, body: act }),
  answerTask: (id: string, answer: TaskAnswer) => call('POST /api/tasks/:id/answers', { params: { id }, body: answer }),
  sendTaskFile: (id: string, file: Blob, name: string) =>
    call('POST /api/tasks/:id/files', { params: { id }, upload: { file, name } })
})

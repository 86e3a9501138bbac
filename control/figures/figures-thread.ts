import { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import type { PeriodFigures } from '#core/api/posture.ts'
import { answer, type Stop } from '#core/worker.ts'
import { readsOf } from '#control/database/reads.ts'
import { figuresOf, type FiguresRequest } from './figures.ts'

/** The question of the thread: the figures of a period, from the database at this path. */
export type ToFigures = { kind: 'make'; id: number; databasePath: string; request: FiguresRequest }
/** What the thread says on the way to its answer: how far it is. */
export type FigureStep = { kind: 'step'; step: string }

const port = parentPort!

function make({ databasePath, request }: ToFigures): PeriodFigures {
  const database = new DatabaseSync(databasePath, { readOnly: true })
  try {
    database.exec('PRAGMA busy_timeout=5000; PRAGMA cache_size=-32768; BEGIN')
    return figuresOf(readsOf(database), request, (step) =>
      port.postMessage({ kind: 'step', step } satisfies FigureStep)
    )
  } finally {
    database.close()
  }
}

port.on('message', (message: ToFigures | Stop) => {
  switch (message.kind) {
    case 'make':
      return void answer(port, message.id, () => make(message), { code: 'posture.failed' })
    case 'stop':
      port.close()
  }
})

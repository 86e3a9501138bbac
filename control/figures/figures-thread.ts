import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { PeriodFigures } from '#core/api/posture.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { figuresOf, type FiguresRequest } from './figures.ts'

/** What the thread says: how far it is, then the figures or why there are none. */
export type FiguresAnswer =
  | { kind: 'step'; step: string }
  | { kind: 'figures'; figures: PeriodFigures }
  | { kind: 'refused'; code: string; message: string; status: number; params: Record<string, string | number> }

const { databasePath, request } = workerData as { databasePath: string; request: FiguresRequest }
const answer = (message: FiguresAnswer) => parentPort?.postMessage(message)

const database = new DatabaseSync(databasePath, { readOnly: true })
try {
  database.exec('PRAGMA busy_timeout=5000; PRAGMA cache_size=-32768; BEGIN')
  const figures = figuresOf({ sql: (text) => database.prepare(text) }, request, (step) =>
    answer({ kind: 'step', step })
  )
  answer({ kind: 'figures', figures })
} catch (error) {
  const { code, status, params } = error instanceof SocError ? error : new SocError('posture.failed', messageOf(error))
  answer({ kind: 'refused', code, message: messageOf(error), status, params })
} finally {
  database.close()
}

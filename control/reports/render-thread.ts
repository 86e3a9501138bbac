import { parentPort } from 'node:worker_threads'
import { messageOf } from '#core/errors.ts'
import type { ReportDocument } from './document.ts'
import { renderDocx } from './docx.ts'
import { renderPdf } from './pdf.ts'

/** What the thread answers to a document. */
export type RenderAnswer = { kind: 'rendered'; pdf: Uint8Array; docx: Uint8Array } | { kind: 'failed'; message: string }

async function answer(document: ReportDocument): Promise<RenderAnswer> {
  try {
    return { kind: 'rendered', pdf: await renderPdf(document), docx: await renderDocx(document) }
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) }
  }
}

parentPort?.on(
  'message',
  (document: ReportDocument) => void answer(document).then((made) => parentPort?.postMessage(made))
)

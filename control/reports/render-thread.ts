import { parentPort } from 'node:worker_threads'
import { answer, type Stop } from '#core/worker.ts'
import type { ReportDocument } from './document.ts'
import { renderDocx } from './docx.ts'
import { renderPdf } from './pdf.ts'

/** The question of the thread: a document, answered with both files. */
export type ToRender = { kind: 'render'; id: number; document: ReportDocument }

const port = parentPort!

port.on('message', (message: ToRender | Stop) => {
  switch (message.kind) {
    case 'render': {
      const files = async () => ({ pdf: await renderPdf(message.document), docx: await renderDocx(message.document) })
      return void answer(port, message.id, files, { code: 'report.render' })
    }
    case 'stop':
      port.close()
  }
})

import { parentPort, workerData } from 'node:worker_threads'
import type { ReportDocument } from './document.ts'
import { renderDocx } from './docx.ts'
import { renderPdf } from './pdf.ts'

const document = workerData as ReportDocument
const pdf = await renderPdf(document)
const docx = await renderDocx(document)
parentPort!.postMessage({ pdf, docx })

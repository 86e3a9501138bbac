import { strFromU8, unzipSync } from 'fflate'
import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { DAY_MS, ictDayStart, HOUR_MS } from '#core/time.ts'
import { paragraphOf } from '#control/figures/paragraph.ts'
import { PERIOD, PHONG_THU, START, testPeriod, inventory, type TestPeriod } from './sample-period.ts'
import { reportDocument } from '#control/reports/contents.ts'
import type { ReportDocument } from '#control/reports/document.ts'
import { exactShare } from '#control/reports/numbers.ts'
import { defaultSettings } from '#control/reports/settings.ts'
import type { ReportSource } from '#control/reports/source.ts'

/* For the tests of this folder: a period with something in it, and both kinds of file read back. */

export const POINTS_PER_MM = 72 / 25.4

/** A piece of text on a page, points from the top left corner. */
export type Piece = { text: string; left: number; top: number; width: number }
export type Page = { width: number; height: number; pieces: Piece[]; text: string }

/** The pages of a PDF as a reader finds them. */
export async function readPdf(bytes: Uint8Array): Promise<Page[]> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: VerbosityLevel.ERRORS })
  const file = await task.promise
  const pages: Page[] = []
  for (let number = 1; number <= file.numPages; number++) {
    const page = await file.getPage(number)
    const { width, height } = page.getViewport({ scale: 1 })
    const pieces = (await page.getTextContent()).items.flatMap((item): Piece[] =>
      'str' in item && item.str.trim() !== ''
        ? [
            {
              text: item.str,
              left: item.transform[4] as number,
              top: height - (item.transform[5] as number),
              width: item.width
            }
          ]
        : []
    )
    pages.push({ width, height, pieces, text: pieces.map(({ text }) => text).join(' ') })
  }
  await task.destroy()
  return pages
}

/** Parts of a Word file by name, and the text of its body, a line a paragraph. */
export function readDocx(bytes: Uint8Array) {
  const parts = Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, part]) => [name, strFromU8(part)]))
  const body = parts['word/document.xml'] ?? ''
  const lines = [...body.matchAll(/<w:p>.*?<\/w:p>|<w:p [^>]*>.*?<\/w:p>/gs)].map(([paragraph]) =>
    [...paragraph.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, text]) => unescaped(text ?? '')).join('')
  )
  return { parts, body, lines }
}

const unescaped = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')

/** A province with a month behind it: logs of most units, incidents of two kinds, a task that is late. */
export function busyPeriod(path?: string) {
  const period = testPeriod(path)
  period.control.transaction(() => fill(period))
  return period
}

function fill(period: TestPeriod) {
  for (const unit of inventory.units().slice(3)) {
    for (const day of [-31, -20, 0, 9, 30]) period.hear(START + day * DAY_MS + HOUR_MS, unit.code, 12_345)
  }
  const shell = period.raise(START + 5 * DAY_MS, {
    level: 'critical',
    title: 'Web shell được gọi',
    tags: ['attack.t1505.003']
  })
  const incident = period.open(START + 5 * DAY_MS, [shell], { level: 'critical' })
  period.ask(START + 5 * DAY_MS, PHONG_THU, { incident })
  const guessed = period.raise(START + 8 * DAY_MS, { unit: '19750' })
  period.close(START + 9 * DAY_MS, period.open(START + 8 * DAY_MS, [guessed]))
}

/** What a monthly report of that period is made from, changed as a test needs it. */
export function sampleSource(change: Partial<ReportSource> = {}): ReportSource {
  const figures = busyPeriod().figures(PERIOD, { origin: 'real' })
  return {
    kind: 'monthly',
    figures,
    paragraph: paragraphOf(figures, exactShare),
    lastYear: null,
    form: defaultSettings.form,
    unitName: '',
    findings: null,
    ...change
  }
}

/** The shortest report with every kind of block, for tests that make many. */
export function shortDocument(text: string): ReportDocument {
  return {
    form: { ...defaultSettings.form, governing: text, issuing: text, recipients: [text], signerName: text },
    title: [text],
    blocks: [
      { kind: 'heading', level: 1, text },
      { kind: 'paragraph', runs: [text, ' ', { text, bold: true }] },
      { kind: 'list', items: [[text], [text]] },
      {
        kind: 'table',
        caption: text,
        columns: [
          { title: text, share: 1 },
          { title: 'B', share: 9 }
        ],
        rows: [[text, text]]
      },
      { kind: 'note', text }
    ],
    annexes: [],
    dated: ictDayStart('2023-11-15'),
    draft: false,
    demonstration: false,
    madeAt: ictDayStart('2023-11-15')
  }
}

export const monthlyDocument = (): ReportDocument => reportDocument(sampleSource())

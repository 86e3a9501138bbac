import { createRequire } from 'node:module'
import { join, dirname } from 'node:path'
import type { Content, TDocumentDefinitions, TableCell } from 'pdfmake/interfaces.js'
import {
  balanced,
  clean,
  DEMONSTRATION_MARK,
  estimatedWidth,
  FIRST_LINE,
  issuedBy,
  LEFT_SHARE,
  MAX_WHOLE_ROWS,
  margins,
  numberLine,
  placeAndDate,
  ROOM,
  sizes,
  withEnd,
  type Block,
  type ReportDocument,
  type Run
} from './document.ts'

type PdfMake = {
  setFonts(fonts: Record<string, Record<'normal' | 'bold' | 'italics' | 'bolditalics', string>>): void
  setUrlAccessPolicy(policy: (url: string) => boolean): void
  setLocalAccessPolicy(policy: (path: string) => boolean): void
  createPdf(definition: TDocumentDefinitions): { getBuffer(): Promise<Buffer> }
}

const require = createRequire(import.meta.url)

/** Tinos has the metrics of Times New Roman and carries Vietnamese; it is embedded as the subset that is used. */
function fontFiles() {
  const folder = dirname(require.resolve('@expo-google-fonts/tinos/package.json'))
  const file = (style: string) => join(folder, style, `Tinos_${style}.ttf`)
  return {
    normal: file('400Regular'),
    bold: file('700Bold'),
    italics: file('400Regular_Italic'),
    bolditalics: file('700Bold_Italic')
  }
}

/** The report as a PDF. The same document gives the same bytes. */
export async function renderPdf(document: ReportDocument): Promise<Uint8Array> {
  // Loaded when the first report is made: the font machinery is large.
  const pdfmake = require('pdfmake') as PdfMake
  const fonts = fontFiles()
  pdfmake.setFonts({ Times: fonts })
  // Nothing in a report may reach out: no address, and no file but the fonts.
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy((path) => Object.values(fonts).includes(path))
  const buffer = await pdfmake.createPdf(definitionOf(document)).getBuffer()
  return new Uint8Array(buffer)
}

function definitionOf(document: ReportDocument): TDocumentDefinitions {
  const { form } = document
  return {
    pageSize: 'A4',
    pageMargins: [margins.left, margins.top, margins.right, margins.bottom],
    defaultStyle: { font: 'Times', fontSize: sizes.body, lineHeight: 1.15 },
    info: {
      title: clean(document.title.join(' ')),
      author: issuedBy(form),
      creator: 'Vọng Lâu',
      producer: 'Vọng Lâu',
      creationDate: new Date(document.madeAt),
      modDate: new Date(document.madeAt)
    },
    header: (page) => headerOf(page, document.demonstration),
    ...(document.draft ? { watermark: { text: 'DỰ THẢO', opacity: 0.08, bold: true } } : {}),
    // A heading or a caption never stands alone at the foot of a page. Tables are seen by the text in their rows.
    pageBreakBefore: (node, around) =>
      node.headlineLevel !== undefined &&
      around
        .getFollowingNodesOnPage()
        .every((following) => following.headlineLevel !== undefined || following.text === undefined),
    content: [
      ...headBlock(document),
      ...contents(withEnd(document.blocks)),
      signature(document),
      ...document.annexes.flatMap(annexOf)
    ]
  }
}

/** The page number in the middle, none on page 1; beside it, on every page, the mark of a demonstration. */
function headerOf(page: number, demonstration: boolean): Content {
  const number: Content = { text: page === 1 ? '' : String(page), alignment: 'center', fontSize: sizes.body }
  if (!demonstration) return { ...number, margin: [0, 24, 0, 0] }
  // Three equal parts: the number stays in the middle of the page.
  return {
    columns: [
      { width: '*', text: '' },
      { width: '*', ...number },
      { width: '*', ...boxed(DEMONSTRATION_MARK, 0) }
    ],
    margin: [margins.right, 20, margins.right, 0]
  }
}

/** Level of a caption among the headlines, which stay with what follows them. */
const CAPTION = 4

/** A line and, under it, a rule of this width. */
const rule = (width: number, gap = 2): Content => ({
  canvas: [{ type: 'line', x1: 0, y1: gap, x2: width, y2: gap, lineWidth: 0.7 }],
  alignment: 'center'
})

/** A rule exactly as long as its text: the bottom border of a cell that is as wide as the text. */
const ruled = (text: string, size: number): Content => ({
  columns: [
    { width: '*', text: '' },
    {
      width: 'auto',
      table: { widths: ['auto'], body: [[{ text: clean(text), bold: true, fontSize: size }]] },
      layout: {
        hLineWidth: (line: number) => (line === 1 ? 0.7 : 0),
        vLineWidth: () => 0,
        paddingLeft: () => 0,
        paddingRight: () => 0,
        paddingTop: () => 0,
        paddingBottom: () => 1
      }
    },
    { width: '*', text: '' }
  ]
})

function headBlock(document: ReportDocument): Content[] {
  const { form } = document
  const issuingRule = Math.min(90, estimatedWidth(issuedBy(form), sizes.heading) * 0.4)
  const inLines = (text: string) => balanced(text.toUpperCase(), sizes.heading, ROOM * LEFT_SHARE).join('\n')
  const left: Content[] = [
    { text: inLines(form.governing), alignment: 'center', fontSize: sizes.heading },
    { text: inLines(form.issuing), alignment: 'center', fontSize: sizes.heading, bold: true },
    rule(issuingRule),
    { text: numberLine(form), alignment: 'center', margin: [0, 8, 0, 0] }
  ]
  if (form.secrecy !== '') left.push(boxed(form.secrecy))
  if (form.internal) left.push(boxed('LƯU HÀNH NỘI BỘ'))
  const right: Content[] = [
    {
      text: 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      alignment: 'center',
      fontSize: sizes.heading,
      bold: true,
      noWrap: true
    },
    ruled('Độc lập - Tự do - Hạnh phúc', sizes.motto),
    {
      text: clean(placeAndDate(form, document.dated)),
      alignment: 'center',
      italics: true,
      fontSize: sizes.motto,
      margin: [0, 8, 0, 0]
    }
  ]
  const to: Content[] =
    form.to.length === 0
      ? []
      : [{ text: `Kính gửi: ${form.to.map(clean).join('; ')}.`, alignment: 'center', margin: [0, 6, 0, 10] }]
  const title = document.title.map(clean)
  return [
    {
      columns: [
        { width: `${LEFT_SHARE * 100}%`, stack: left },
        { width: `${(1 - LEFT_SHARE) * 100}%`, stack: right }
      ],
      columnGap: 8
    },
    { text: 'BÁO CÁO', alignment: 'center', bold: true, fontSize: 14, margin: [0, 16, 0, 0] },
    ...title.map((text): Content => ({ text, alignment: 'center', bold: true, fontSize: 14 })),
    {
      ...(rule(Math.min(160, estimatedWidth(title.at(-1) ?? '', 14) * 0.4)) as object),
      margin: [0, 0, 0, 10]
    } as Content,
    ...to
  ]
}

const boxed = (text: string, above = 8) => ({
  columns: [
    { width: '*', text: '' },
    {
      width: 'auto',
      table: { body: [[{ text: clean(text.toUpperCase()), bold: true, fontSize: sizes.body, noWrap: true }]] }
    },
    { width: '*', text: '' }
  ],
  margin: [0, above, 0, 0] as [number, number, number, number]
})

const runs = (parts: readonly Run[]): Content[] =>
  parts.map((run) =>
    typeof run === 'string'
      ? { text: clean(run) }
      : { text: clean(run.text), bold: run.bold ?? false, italics: run.italic ?? false }
  )

/** Blocks in their order; a heading goes to the next page with the small table under it, which is not torn. */
function contents(blocks: readonly Block[]): Content[] {
  return blocks.flatMap((block, at): Content[] => {
    const next = blocks[at + 1]
    const before = blocks[at - 1]
    if (block.kind === 'heading' && isSmall(next)) {
      return [{ stack: [contentOf(block), contentOf(next)], unbreakable: true }]
    }
    return before?.kind === 'heading' && isSmall(block) ? [] : [contentOf(block)]
  })
}
const isSmall = (block: Block | undefined): block is Extract<Block, { kind: 'table' }> =>
  block?.kind === 'table' && block.rows.length <= MAX_WHOLE_ROWS

/** First-line indent. A word too long for the rest of the line would be set past the margin: such a line begins without. */
function indentOf(runs: readonly Run[]): number {
  const words = clean(runs.map((run) => (typeof run === 'string' ? run : run.text)).join('')).split(' ')
  const widest = Math.max(...words.map((word) => word.length)) * sizes.body
  return widest > ROOM - FIRST_LINE ? 0 : FIRST_LINE
}

/** Text of about this many characters, some ten lines, goes to the next page whole: no line of it is left alone there. */
const MAX_WHOLE_TEXT = 900

function whole(runs: readonly Run[], content: Content): Content {
  const length = runs.reduce((sum, run) => sum + (typeof run === 'string' ? run : run.text).length, 0)
  return length > MAX_WHOLE_TEXT ? content : { stack: [content], unbreakable: true }
}

function contentOf(block: Block): Content {
  switch (block.kind) {
    case 'heading':
      return {
        text: clean(block.text),
        bold: block.level < 3,
        italics: block.level === 3,
        alignment: 'justify',
        leadingIndent: indentOf([block.text]),
        margin: [0, 8, 0, 2],
        headlineLevel: block.level
      }
    case 'paragraph':
      return whole(block.runs, {
        text: runs(block.runs),
        alignment: 'justify',
        leadingIndent: indentOf(block.runs),
        margin: [0, 6, 0, 0]
      })
    case 'list':
      return {
        stack: block.items.map((item) =>
          whole(item, {
            text: ['- ', ...runs(item)],
            alignment: 'justify',
            leadingIndent: indentOf(item),
            margin: [0, 4, 0, 0]
          })
        )
      }
    case 'note':
      return { text: clean(block.text), italics: true, fontSize: sizes.small, margin: [0, 4, 0, 0] }
    case 'table':
      return tableOf(block)
  }
}

function tableOf(block: Extract<Block, { kind: 'table' }>): Content {
  const total = block.columns.reduce((sum, column) => sum + column.share, 0)
  const head = block.columns.map((column): TableCell => ({
    text: clean(column.title),
    bold: true,
    alignment: 'center',
    fontSize: sizes.table
  }))
  const rows = block.rows.map((row) =>
    block.columns.map((column, index): TableCell => ({
      text: clean(row[index] ?? ''),
      alignment: column.align ?? 'left',
      fontSize: sizes.table
    }))
  )
  const table: Content = {
    table: {
      headerRows: 1,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: block.columns.map((column) => `${(column.share / total) * 100}%`),
      body: [head, ...rows]
    },
    layout: { hLineWidth: () => 0.5, vLineWidth: () => 0.5, paddingTop: () => 2, paddingBottom: () => 2 },
    margin: [0, 6, 0, 4]
  }
  if (block.caption === undefined) return table
  const caption: Content = {
    text: clean(block.caption),
    bold: true,
    alignment: 'center',
    margin: [0, 8, 0, 0],
    headlineLevel: CAPTION
  }
  return { stack: [caption, table], unbreakable: isSmall(block) }
}

function signature({ form }: ReportDocument): Content {
  return {
    unbreakable: true,
    margin: [0, 18, 0, 0],
    columns: [
      {
        width: '50%',
        stack: [
          { text: 'Nơi nhận:', bold: true, italics: true, fontSize: 12 },
          ...form.recipients.map((line): Content => ({ text: `- ${clean(line)};`, fontSize: sizes.small })),
          { text: `- Lưu: VT, ${clean(form.abbreviation)}.`, fontSize: sizes.small }
        ]
      },
      {
        width: '50%',
        stack: [
          ...(form.authority === ''
            ? []
            : [{ text: clean(form.authority.toUpperCase()), bold: true, alignment: 'center' } as Content]),
          { text: clean(form.signerTitle.toUpperCase()), bold: true, alignment: 'center' },
          { text: clean(form.signerName), bold: true, alignment: 'center', margin: [0, 64, 0, 0] }
        ]
      }
    ]
  }
}

function annexOf(annex: ReportDocument['annexes'][number]): Content[] {
  return [
    {
      text: clean(annex.title),
      bold: true,
      alignment: 'center',
      fontSize: 14,
      pageBreak: 'before',
      ...(annex.landscape ? { pageOrientation: 'landscape' } : { pageOrientation: 'portrait' }),
      margin: [0, 0, 0, 8]
    } as Content,
    ...contents(annex.blocks)
  ]
}

import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate'
import type { IParagraphOptions, Paragraph, Table } from 'docx'
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

/** Word counts in twentieths of a point, sizes in half points. */
const twips = (points: number) => Math.round(points * 20)
const half = (points: number) => Math.round(points * 2)
const FONT = 'Times New Roman'
const A4 = { width: 11_906, height: 16_838 }
const PAGE_WIDTH = A4.width - twips(margins.left) - twips(margins.right)

type Docx = typeof import('docx')

/** The report as a Word file (DOCX). The same document gives the same bytes. */
export async function renderDocx(document: ReportDocument): Promise<Uint8Array> {
  // Loaded when the first report is made.
  const docx = await import('docx')
  const write = writerOf(docx)
  const marks = () => [
    ...(document.demonstration ? [write.boxed(DEMONSTRATION_MARK)] : []),
    ...(document.draft ? [write.line('DỰ THẢO', { bold: true }, { alignment: 'right' })] : [])
  ]
  const firstMarks = marks()
  const pageNumber = new docx.Header({
    children: [
      ...marks(),
      new docx.Paragraph({
        alignment: docx.AlignmentType.CENTER,
        children: [new docx.TextRun({ children: [docx.PageNumber.CURRENT], size: half(sizes.body), font: FONT })]
      })
    ]
  })
  const page = (landscape: boolean) => ({
    size: {
      ...A4,
      orientation: landscape ? docx.PageOrientation.LANDSCAPE : docx.PageOrientation.PORTRAIT
    },
    margin: {
      top: twips(margins.top),
      bottom: twips(margins.bottom),
      left: twips(margins.left),
      right: twips(margins.right),
      header: twips(24)
    }
  })
  const file = new docx.Document({
    creator: 'Vọng Lâu',
    title: clean(document.title.join(' ')),
    description: issuedBy(document.form),
    styles: { default: { document: { run: { font: FONT, size: half(sizes.body) } } } },
    sections: [
      {
        properties: { page: page(false), titlePage: true },
        headers: {
          default: pageNumber,
          first: new docx.Header({ children: firstMarks.length > 0 ? firstMarks : [new docx.Paragraph('')] })
        },
        children: [...write.head(document), ...withEnd(document.blocks).flatMap(write.block), write.signature(document)]
      },
      ...document.annexes.map((annex) => ({
        properties: { page: page(annex.landscape) },
        headers: { default: pageNumber },
        children: [write.line(annex.title, { bold: true, size: 14 }), ...annex.blocks.flatMap(write.block)]
      }))
    ]
  })
  return fixed(new Uint8Array(await docx.Packer.toBuffer(file)), document.madeAt)
}

/** The parts of the file in order of name, with one time in all of them: nothing in it depends on when it was packed. */
function fixed(bytes: Uint8Array, madeAt: number): Uint8Array {
  const parts = unzipSync(bytes)
  const time = new Date(madeAt).toISOString().replace(/\.\d+Z$/, 'Z')
  const files: Zippable = {}
  for (const name of Object.keys(parts).sort()) {
    let part = parts[name]!
    if (name === 'docProps/core.xml') {
      part = strToU8(strFromU8(part).replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, `$1${time}`))
    }
    files[name] = part
  }
  // The zip format begins in 1980; the time is the same for every file and says nothing.
  return zipSync(files, { mtime: new Date(1980, 0, 1), level: 6 })
}

function writerOf(docx: Docx) {
  const { AlignmentType, BorderStyle, Paragraph, Table, TableCell, TableRow, TextRun, VerticalAlignTable, WidthType } =
    docx
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' }
  const noBorders = { top: none, bottom: none, left: none, right: none, insideHorizontal: none, insideVertical: none }

  type Look = { bold?: boolean; italics?: boolean; size?: number; before?: number; after?: number }
  const line = (text: string, look: Look = {}, more: IParagraphOptions = {}) =>
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: { before: twips(look.before ?? 0), after: twips(look.after ?? 0) },
      ...more,
      children: [
        new TextRun({
          text: clean(text),
          bold: look.bold ?? false,
          italics: look.italics ?? false,
          size: half(look.size ?? sizes.body),
          font: FONT
        })
      ]
    })
  /** A thin empty paragraph whose lower border is a rule of about this width, centred in `room` (points). */
  const rule = (width: number, room: number) => {
    const side = twips(Math.max(0, (room - width) / 2))
    return new Paragraph({
      indent: { left: side, right: side },
      spacing: { before: 0, after: twips(4), line: 40, lineRule: 'exact' },
      border: { bottom: { style: BorderStyle.SINGLE, size: 6, space: 1, color: '000000' } },
      children: []
    })
  }
  const runs = (parts: readonly Run[]) =>
    parts.map((run) =>
      typeof run === 'string'
        ? new TextRun({ text: clean(run), font: FONT })
        : new TextRun({ text: clean(run.text), bold: run.bold ?? false, italics: run.italic ?? false, font: FONT })
    )
  const body = (parts: readonly Run[], before: number) =>
    new Paragraph({
      alignment: AlignmentType.JUSTIFIED,
      indent: { firstLine: twips(FIRST_LINE) },
      spacing: { before: twips(before), line: 276 },
      children: runs(parts)
    })
  const columns = (shares: readonly number[], cells: readonly Paragraph[][]) =>
    new Table({
      width: { size: PAGE_WIDTH, type: WidthType.DXA },
      columnWidths: shares.map((share) => Math.round(PAGE_WIDTH * share)),
      borders: noBorders,
      rows: [
        new TableRow({
          cantSplit: true,
          children: cells.map(
            (children, index) =>
              new TableCell({
                borders: { top: none, bottom: none, left: none, right: none },
                width: { size: Math.round(PAGE_WIDTH * (shares[index] ?? 0)), type: WidthType.DXA },
                children
              })
          )
        })
      ]
    })
  const boxed = (text: string) =>
    line(
      text.toUpperCase(),
      { bold: true, before: 6 },
      {
        border: Object.fromEntries(
          ['top', 'bottom', 'left', 'right'].map((side) => [
            side,
            { style: BorderStyle.SINGLE, size: 6, space: 2, color: '000000' }
          ])
        ),
        indent: { left: 600, right: 600 }
      }
    )

  function table(block: Extract<Block, { kind: 'table' }>): Table {
    const total = block.columns.reduce((sum, column) => sum + column.share, 0)
    const width = (share: number) => ({ size: Math.round((share / total) * 5_000), type: WidthType.PERCENTAGE })
    const alignments = { left: AlignmentType.LEFT, right: AlignmentType.RIGHT, center: AlignmentType.CENTER }
    // Rows that stay with the next one: the head, and in a small table all but the last.
    const staying = block.rows.length <= MAX_WHOLE_ROWS ? block.rows.length - 1 : 0
    type Alignment = (typeof alignments)[keyof typeof alignments]
    const cell = (text: string, share: number, alignment: Alignment, keepNext: boolean, bold = false) =>
      new TableCell({
        width: width(share),
        verticalAlign: VerticalAlignTable.CENTER,
        margins: { left: 80, right: 80 },
        children: [line(text, { bold, size: sizes.table, before: 1, after: 1 }, { alignment, keepNext })]
      })
    return new Table({
      width: { size: 100, type: WidthType.PERCENTAGE },
      rows: [
        new TableRow({
          tableHeader: true,
          children: block.columns.map((column) => cell(column.title, column.share, AlignmentType.CENTER, true, true))
        }),
        ...block.rows.map(
          (row, at) =>
            new TableRow({
              cantSplit: true,
              children: block.columns.map((column, index) =>
                cell(row[index] ?? '', column.share, alignments[column.align ?? 'left'], at < staying)
              )
            })
        )
      ]
    })
  }

  return {
    line,
    boxed,
    block(block: Block): (Paragraph | Table)[] {
      switch (block.kind) {
        case 'heading':
          return [
            new Paragraph({
              keepNext: true,
              indent: { firstLine: twips(FIRST_LINE) },
              spacing: { before: twips(8), after: twips(2) },
              children: [
                new TextRun({
                  text: clean(block.text),
                  bold: block.level < 3,
                  italics: block.level === 3,
                  font: FONT
                })
              ]
            })
          ]
        case 'paragraph':
          return [body(block.runs, 6)]
        case 'list':
          return block.items.map((item) => body(['- ', ...item], 4))
        case 'note':
          return [line(block.text, { italics: true, size: sizes.small, before: 4 }, { alignment: AlignmentType.LEFT })]
        case 'table':
          return [
            ...(block.caption === undefined
              ? []
              : [line(block.caption, { bold: true, before: 8 }, { keepNext: true })]),
            table(block),
            // Word joins two tables that touch.
            line('', { size: 4 })
          ]
      }
    },
    head(document: ReportDocument): (Paragraph | Table)[] {
      const { form } = document
      const room = ROOM
      const inLines = (text: string) => balanced(text.toUpperCase(), sizes.heading, room * LEFT_SHARE)
      const left = [
        ...inLines(form.governing).map((text) => line(text, { size: sizes.heading })),
        ...inLines(form.issuing).map((text) => line(text, { size: sizes.heading, bold: true })),
        rule(Math.min(90, estimatedWidth(issuedBy(form), sizes.heading) * 0.4), room * LEFT_SHARE),
        line(numberLine(form), { before: 2 }),
        ...(form.secrecy === '' ? [] : [boxed(form.secrecy)]),
        ...(form.internal ? [boxed('LƯU HÀNH NỘI BỘ')] : [])
      ]
      const motto = 'Độc lập - Tự do - Hạnh phúc'
      const right = [
        line('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', { size: 12, bold: true }),
        line(motto, { size: sizes.motto, bold: true }),
        rule(estimatedWidth(motto, sizes.motto), room * (1 - LEFT_SHARE)),
        line(placeAndDate(form, document.dated), { italics: true, size: sizes.motto, before: 2 })
      ]
      const last = document.title.at(-1) ?? ''
      return [
        columns([LEFT_SHARE, 1 - LEFT_SHARE], [left, right]),
        line('BÁO CÁO', { bold: true, size: 14, before: 16 }),
        ...document.title.map((text) => line(text, { bold: true, size: 14 })),
        rule(Math.min(160, estimatedWidth(last, 14) * 0.4), room),
        ...(form.to.length === 0 ? [] : [line(`Kính gửi: ${form.to.join('; ')}.`, { before: 6, after: 6 })])
      ]
    },
    signature({ form }: ReportDocument): Table {
      const small = (text: string) => line(text, { size: sizes.small }, { alignment: AlignmentType.LEFT })
      return columns(
        [0.5, 0.5],
        [
          [
            line('Nơi nhận:', { bold: true, italics: true, size: 12, before: 16 }, { alignment: AlignmentType.LEFT }),
            ...form.recipients.map((text) => small(`- ${text};`)),
            small(`- Lưu: VT, ${form.abbreviation}.`)
          ],
          [
            ...(form.authority === '' ? [] : [line(form.authority.toUpperCase(), { bold: true, before: 16 })]),
            line(form.signerTitle.toUpperCase(), { bold: true, before: form.authority === '' ? 16 : 0 }),
            line(form.signerName, { bold: true, before: 64 })
          ]
        ]
      )
    }
  }
}

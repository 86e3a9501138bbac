import type { IParagraphOptions, Paragraph, Table } from 'docx'
import { clean, FIRST_LINE, margins, MAX_WHOLE_ROWS, sizes, type Block, type Run } from './document.ts'

/** Word counts in twentieths of a point, sizes in half points. */
export const twips = (points: number) => Math.round(points * 20)
export const half = (points: number) => Math.round(points * 2)
export const FONT = 'Times New Roman'
/** Twips. */
export const A4 = { width: 11_906, height: 16_838 }
const PAGE_WIDTH = A4.width - twips(margins.left) - twips(margins.right)

export type Docx = typeof import('docx')
type Look = { bold?: boolean; italics?: boolean; size?: number; before?: number; after?: number }
type Line = (text: string, look?: Look, more?: IParagraphOptions) => Paragraph
type TableBlock = Extract<Block, { kind: 'table' }>

/** Paragraphs and columns that every page of a report is made of. `docx` is the library, loaded by the caller. */
export function createParts(docx: Docx) {
  const { AlignmentType, BorderStyle, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } = docx
  const none = { style: BorderStyle.NONE, size: 0, color: 'auto' }
  const noBorders = { top: none, bottom: none, left: none, right: none, insideHorizontal: none, insideVertical: none }

  const line: Line = (text, look = {}, more = {}) =>
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
  const heading = (text: string, level: number) =>
    new Paragraph({
      keepNext: true,
      indent: { firstLine: twips(FIRST_LINE) },
      spacing: { before: twips(8), after: twips(2) },
      children: [
        new TextRun({
          text: clean(text),
          bold: level < 3,
          italics: level === 3,
          font: FONT
        })
      ]
    })

  return {
    line,
    rule,
    body,
    headLine: (what: HeadLine) => headLineOf(docx, what),
    heading,
    columns,
    boxed,
    table: (block: TableBlock) => tableOf(docx, line, block)
  }
}
export type DocxParts = ReturnType<typeof createParts>

type HeadLine = { landscape: boolean; numbered: boolean; mark: string }

/** The one line in the top margin: the page number in the middle, a mark in a box around its words at the right. */
function headLineOf(docx: Docx, { landscape, numbered, mark }: HeadLine): Paragraph {
  const { BorderStyle, PageNumber, Paragraph, Tab, TabStopType, TextRun } = docx

  const width = (landscape ? A4.height : A4.width) - twips(margins.left) - twips(margins.right)
  const look = { size: half(sizes.body), font: FONT }
  const border = { style: BorderStyle.SINGLE, size: 6, space: 1, color: '000000' }
  return new Paragraph({
    spacing: { before: 0, after: 0 },
    tabStops: [
      { type: TabStopType.CENTER, position: Math.round(width / 2) },
      { type: TabStopType.RIGHT, position: width }
    ],
    children: [
      ...(numbered
        ? [new TextRun({ children: [new Tab(), PageNumber.CURRENT], ...look })]
        : [new TextRun({ children: [new Tab()] })]),
      ...(mark === ''
        ? []
        : [
            new TextRun({ children: [new Tab()] }),
            new TextRun({ text: mark, bold: true, border, ...look, size: half(sizes.small) })
          ])
    ]
  })
}

/** A table with a head that comes again on every page; a small one stays whole. */
function tableOf(docx: Docx, line: Line, block: TableBlock): Table {
  const { AlignmentType, Table, TableCell, TableRow, VerticalAlignTable, WidthType } = docx
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

import type { ReportForm } from '#core/api/reports.ts'
import { ictDay } from '#core/time.ts'

/**
 * A report as text, before it is a PDF or a Word file: both are made from this and so say the same. The form is that of
 * Nghị định 30/2020/NĐ-CP, phụ lục I (margins, heading blocks, numbering, "./."); the numbers and signatures are put in by the
 * registry office.
 */

/** A piece of a line; plain text or emphasised. */
export type Run = string | { text: string; bold?: boolean; italic?: boolean }

export type Column = {
  title: string
  /** Share of the width; the shares of a table are weighed against each other. */
  share: number
  align?: 'left' | 'right' | 'center'
}

export type Block =
  /** `I. Tình hình chung`, `1. Phạm vi`, `a) …`: numbered by the writer of the text, bold for levels 1 and 2. */
  | { kind: 'heading'; level: 1 | 2 | 3; text: string }
  | { kind: 'paragraph'; runs: Run[] }
  /** Lines beginning with a dash. */
  | { kind: 'list'; items: Run[][] }
  | { kind: 'table'; caption?: string; columns: Column[]; rows: string[][] }
  /** Small italic line under a table or figure: where it comes from, what is missing. */
  | { kind: 'note'; text: string }

export type ReportDocument = {
  form: ReportForm
  /** Line under "BÁO CÁO": what about, which period. */
  title: string[]
  blocks: Block[]
  /** Each begins on a page of its own; wide tables lie down. */
  annexes: { title: string; landscape: boolean; blocks: Block[] }[]
  /** Day printed beside the place, milliseconds; null leaves day and month to be filled in by hand. */
  dated: number | null
  /** The period still runs: marked on every page. */
  draft: boolean
  /** Its figures are of a demonstration: said in a box on every page, so that no page of it passes for the province's own. */
  demonstration: boolean
  /** Moment in the file's own description; fixed, so that the same report is the same file. */
  madeAt: number
}

/** In the box on every page, and in the title, of a report whose figures were made up to show the platform. */
export const DEMONSTRATION_MARK = 'SỐ LIỆU MINH HỌA'

/** Points (1/72 inch) of NĐ 30: margins top and bottom 20 mm, left 30 mm, right 15 mm on A4. */
export const mm = (millimetres: number) => (millimetres / 25.4) * 72
export const margins = { top: mm(20), bottom: mm(20), left: mm(30), right: mm(15) }
export const FIRST_LINE = mm(12.7)
/** Width between the margins of an upright page, points, and the share of it that the left heading block takes. */
export const ROOM = mm(210) - margins.left - margins.right
export const LEFT_SHARE = 0.43
/** Tables of at most so many rows are not torn between pages. */
export const MAX_WHOLE_ROWS = 12
export const sizes = { body: 13, small: 11, table: 11, heading: 12.5, motto: 13.5 }

/** "Số:      /BC-SOC": the number is given by the registry office. */
export const numberLine = (form: ReportForm) => `Số:        /BC-${clean(form.abbreviation)}`

/** "Thừa Thiên Huế, ngày 05 tháng 01 năm 2024": days below 10 and months 1 and 2 with a zero (NĐ 30, phụ lục I). */
export function placeAndDate(form: ReportForm, dated: number | null): string {
  if (dated === null) return `${form.place}, ngày      tháng      năm `
  const [year = '', month = '', day = ''] = ictDay(dated).split('-')
  const shownMonth = Number(month) <= 2 ? month : String(Number(month))
  return `${form.place}, ngày ${day} tháng ${shownMonth} năm ${year}`
}

/** Lines of a list end with a semicolon, its last with a full stop; the last line of the text ends "./.". */
export function withEnd(blocks: readonly Block[]): Block[] {
  const stopped = blocks.map((block): Block =>
    block.kind === 'list'
      ? { ...block, items: block.items.map((item, at) => ended(item, at === block.items.length - 1 ? '.' : ';')) }
      : block
  )
  const at = stopped.findLastIndex((block) => block.kind === 'paragraph' || block.kind === 'list')
  const block = stopped[at]
  // What follows the last text is a table or a note: the sign stands under it.
  if (block === undefined || at < stopped.length - 1) return [...stopped, { kind: 'paragraph', runs: ['./.'] }]
  const changed: Block =
    block.kind === 'paragraph'
      ? { ...block, runs: ended(block.runs, './.') }
      : block.kind === 'list'
        ? { ...block, items: [...block.items.slice(0, -1), ended(block.items.at(-1) ?? [], './.')] }
        : block
  return [...stopped.slice(0, at), changed]
}

function ended(runs: readonly Run[], sign: string): Run[] {
  const last = runs.at(-1) ?? ''
  const text = typeof last === 'string' ? last : last.text
  const done = `${text.replace(/[.;…\s]+$/, '')}${sign}`
  return [...runs.slice(0, -1), typeof last === 'string' ? done : { ...last, text: done }]
}

/**
 * Text as it may stand in a document: normal form C, one line, without what XML forbids, and without the marks that turn the
 * direction of reading or are not seen at all: text from logs could show other than it is. A word of more than 60 characters
 * is no name that belongs into a report, and would be slow to set: its beginning stands for it.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\u2028\u2029\ufffe\uffff]+/gu, ' ')
    .replace(/\S{61,}/gu, (word) => `${word.slice(0, 45).toWellFormed()}…`)
    .replace(/[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
}

/**
 * A text in as many lines as it needs at this size, about equally long: no single word is left over. Lines that the agency
 * itself broke with `|` stay as they are.
 */
export function balanced(text: string, size: number, room: number): string[] {
  if (text.includes('|'))
    return clean(text)
      .split('|')
      .map((line) => line.trim())
  const wanted = Math.ceil(estimatedWidth(text, size) / room)
  const lines: string[] = []
  let rest = clean(text).split(' ').filter(Boolean)
  for (let left = wanted; left > 1 && rest.length > 1; left--) {
    const target = rest.join(' ').length / left
    let taken = 1
    const length = (words: number) => rest.slice(0, words).join(' ').length
    while (taken < rest.length - 1 && Math.abs(length(taken + 1) - target) <= Math.abs(length(taken) - target)) taken++
    lines.push(rest.slice(0, taken).join(' '))
    rest = rest.slice(taken)
  }
  return [...lines, rest.join(' ')]
}

/** The agency's name in one line, as it stands in a file's own description. */
export const issuedBy = (form: ReportForm) => clean(form.issuing).replace(/\s*\|\s*/g, ' ')

/** Estimated width of a line, points: Times metrics average, enough for a rule that is "a third to a half" of it. */
export const estimatedWidth = (text: string, size: number) =>
  text.length * size * (text === text.toUpperCase() ? 0.68 : 0.5)

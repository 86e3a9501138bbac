import type { Block, Run } from './document.ts'

export type Numbered = {
  /** I., II., III. … in the order in which sections are written. */
  (text: string): Block
  /** "Bảng 1. …": only tables that are there are counted, so that no number is missing. */
  table(caption: string): string
}

/** Numbers the sections and tables of one report as they are written. */
export function numbering(): Numbered {
  const numerals = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII', 'XIII', 'XIV']
  let sections = 0
  let tables = 0
  const heading = (text: string): Block => ({
    kind: 'heading',
    level: 1,
    text: `${numerals[sections++] ?? sections}. ${text}`
  })
  return Object.assign(heading, { table: (caption: string) => `Bảng ${++tables}. ${caption}` })
}

/** A paragraph of these pieces. */
export const paragraph = (...runs: Run[]): Block => ({ kind: 'paragraph', runs })

import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate'
import type { Paragraph, Table } from 'docx'
import {
  balanced,
  clean,
  DEMONSTRATION_MARK,
  estimatedWidth,
  issuedBy,
  LEFT_SHARE,
  margins,
  numberLine,
  placeAndDate,
  ROOM,
  sizes,
  withEnd,
  type Block,
  type ReportDocument
} from './document.ts'
import { A4, createParts, FONT, half, twips, type DocxParts } from './docx-parts.ts'

/** The report as a Word file (DOCX). The same document gives the same bytes. */
export async function renderDocx(document: ReportDocument): Promise<Uint8Array> {
  // Loaded when the first report is made.
  const docx = await import('docx')
  const parts = createParts(docx)
  const blocks = (block: Block) => writeBlock(parts, block)
  const marks = [...(document.demonstration ? [DEMONSTRATION_MARK] : []), ...(document.draft ? ['DỰ THẢO'] : [])]
  /** One line that stays within the top margin: the page number in the middle, the marks in a box at its right. */
  const header = (landscape: boolean, numbered: boolean) =>
    new docx.Header({ children: [parts.headLine({ landscape, numbered, mark: marks.join(' – ') })] })
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
        headers: { default: header(false, true), first: header(false, false) },
        children: [
          ...writeHead(parts, document),
          ...withEnd(document.blocks).flatMap(blocks),
          writeSignature(parts, document)
        ]
      },
      ...document.annexes.map((annex) => ({
        properties: { page: page(annex.landscape) },
        headers: { default: header(annex.landscape, true) },
        children: [parts.line(annex.title, { bold: true, size: 14 }), ...annex.blocks.flatMap(blocks)]
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

/** What one block of the text becomes on the page. */
function writeBlock({ line, body, heading, table }: DocxParts, block: Block): (Paragraph | Table)[] {
  switch (block.kind) {
    case 'heading':
      return [heading(block.text, block.level)]
    case 'paragraph':
      return [body(block.runs, 6)]
    case 'list':
      return block.items.map((item) => body(['- ', ...item], 4))
    case 'note':
      return [line(block.text, { italics: true, size: sizes.small, before: 4 }, { alignment: 'left' })]
    case 'table':
      return [
        ...(block.caption === undefined ? [] : [line(block.caption, { bold: true, before: 8 }, { keepNext: true })]),
        table(block),
        // Word joins two tables that touch.
        line('', { size: 4 })
      ]
  }
}

/** Names of the offices, motto, title and addressees, as Nghị định 30/2020 places them. */
function writeHead({ line, rule, columns, boxed }: DocxParts, document: ReportDocument): (Paragraph | Table)[] {
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
}

/** Recipients on the left, who signs on the right. */
function writeSignature({ line, columns }: DocxParts, { form }: ReportDocument): Table {
  const small = (text: string) => line(text, { size: sizes.small }, { alignment: 'left' })
  return columns(
    [0.5, 0.5],
    [
      [
        line('Nơi nhận:', { bold: true, italics: true, size: 12, before: 16 }, { alignment: 'left' }),
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

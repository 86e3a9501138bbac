import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ictDayStart } from '#core/time.ts'
import { reportDocument } from './contents.ts'
import { clean, margins, mm, placeAndDate, type ReportDocument } from './document.ts'
import { renderDocx } from './docx.ts'
import { renderPdf } from './pdf.ts'
import { defaultSettings } from './settings.ts'
import { monthlyDocument, readDocx, readPdf, sampleSource, shortDocument, type Page } from '#testing/reports.ts'

let document: ReportDocument
let pdf: Uint8Array
let docx: Uint8Array
let pages: Page[]
let word: ReturnType<typeof readDocx>
beforeAll(async () => {
  document = monthlyDocument()
  ;[pdf, docx] = await Promise.all([renderPdf(document), renderDocx(document)])
  pages = await readPdf(pdf)
  word = readDocx(docx)
}, 60_000)

const lineWith = (page: Page | undefined, text: string) => page?.pieces.find((piece) => piece.text.includes(text))
/** The page's text as one reads it: pieces that a justified line was set from are joined without doubled spaces. */
const read = (page: Page | undefined) => (page?.text ?? '').replace(/\s+/g, ' ')

describe('the form of NĐ 30/2020 as a PDF', () => {
  it('stands upright on A4 within its margins, and the annex lies down', () => {
    const a4 = [mm(210), mm(297)]
    expect([pages[0]?.width, pages[0]?.height].map((side, at) => Math.abs((side ?? 0) - (a4[at] ?? 0)) < 0.5)).toEqual([
      true,
      true
    ])
    const last = pages.at(-1)!
    expect([Math.round(last.width), Math.round(last.height)]).toEqual([842, 595])
    for (const page of pages) {
      // All but the page number, which the form puts into the top margin.
      for (const piece of page.pieces.filter(({ top }) => top > margins.top)) {
        expect(piece.left).toBeGreaterThanOrEqual(margins.left - 1)
        expect(piece.left + piece.width).toBeLessThanOrEqual(page.width - margins.right + 1)
        expect(piece.top).toBeLessThanOrEqual(page.height - margins.bottom + 1)
      }
    }
  })

  it('numbers its pages in the middle of the top margin, but not the first', () => {
    expect(pages[0]?.pieces.filter(({ top }) => top < margins.top - 5)).toEqual([])
    for (const [at, page] of pages.entries()) {
      if (at === 0) continue
      const [number] = page.pieces.filter(({ top }) => top < margins.top - 5)
      expect(number?.text).toBe(String(at + 1))
      const middle = (number?.left ?? 0) + (number?.width ?? 0) / 2
      expect(Math.abs(middle - page.width / 2)).toBeLessThan(2)
    }
  })

  it('has the two heading blocks side by side, the number and the day left to the registry office', () => {
    const [first] = pages
    const nation = lineWith(first, 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM')!
    const governing = lineWith(first, 'ỦY BAN NHÂN DÂN')!
    expect(governing.left).toBeLessThan(nation.left)
    expect(Math.abs(governing.top - nation.top)).toBeLessThan(3)
    expect(read(first)).toContain('TỈNH THỪA THIÊN HUẾ TRUNG TÂM GIÁM SÁT AN NINH MẠNG')
    expect(read(first)).toContain('Độc lập - Tự do - Hạnh phúc')
    expect(read(first)).toContain('Số: /BC-SOC')
    expect(read(first)).toContain('Thừa Thiên Huế, ngày tháng năm')
    expect(read(first)).toContain(
      'BÁO CÁO Kết quả giám sát an ninh mạng trong kỳ (từ ngày 15/10/2023 đến ngày 14/11/2023)'
    )
    expect(read(first)).toContain('Kính gửi: Ban Chỉ đạo Đề án 06 tỉnh.')
    expect(read(first)).toContain('LƯU HÀNH NỘI BỘ')
  })

  it('carries Vietnamese whole, in normal form C', () => {
    const whole = pages.map(read).join(' ')
    for (const words of ['Xã Phong Thu (Phong Điền)', 'TÌNH HÌNH CHUNG', 'Nơi nhận:', 'GIÁM ĐỐC', 'Dò mật khẩu'])
      expect(whole).toContain(words)
    expect(whole).toBe(whole.normalize('NFC'))
  })

  it('ends its text with "./." before the signature', () => {
    const body = pages.slice(0, -1).map(read).join(' ')
    expect(body.split('./.')).toHaveLength(2)
    expect(body.indexOf('./.')).toBeLessThan(body.indexOf('Nơi nhận:'))
    expect(body).toMatch(/nêu ở Bảng \d hoàn thành trong kỳ tới\.\/\. Nơi nhận:/)
  })

  it('never leaves a heading or a caption alone at the foot of a page', () => {
    for (const page of pages) {
      const lowest = page.pieces.reduce((low, piece) => (piece.top > low.top ? piece : low))
      expect(lowest.text).not.toMatch(/^(?:[IVX]+|Bảng \d+)\. /)
    }
  })

  it('counts its tables without a gap', () => {
    const whole = pages.map(read).join(' ')
    const numbers = [...whole.matchAll(/Bảng (\d+)\. /g)].map(([, number]) => Number(number))
    expect(numbers).toEqual(numbers.map((_number, at) => at + 1))
    expect(numbers.length).toBeGreaterThanOrEqual(4)
  })
})

describe('the same report as a Word file', () => {
  it('has the same page, margins, font and blank first page number', () => {
    const sections = [...word.body.matchAll(/<w:sectPr.*?<\/w:sectPr>/gs)].map(([section]) => section)
    expect(sections).toHaveLength(2)
    for (const section of sections) {
      expect(section).toMatch(/<w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701"/)
    }
    expect(sections[0]).toMatch(/<w:pgSz w:w="11906" w:h="16838"/)
    expect(sections[0]).toContain('<w:titlePg')
    expect(sections[1]).toMatch(/<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/)
    expect(sections[1]).not.toContain('<w:titlePg')
    expect(word.parts['word/styles.xml']).toContain('Times New Roman')
    const headers = Object.entries(word.parts).filter(([name]) => name.startsWith('word/header'))
    expect(headers.some(([, text]) => text.includes('PAGE'))).toBe(true)
    expect(headers.some(([, text]) => !text.includes('PAGE'))).toBe(true)
  })

  it('says what the PDF says', () => {
    const whole = pages.map(read).join('').replace(/\s/g, '')
    for (const line of word.lines.filter((text) => text.length > 12)) {
      expect(whole).toContain(line.replace(/\s/g, ''))
    }
    expect(word.lines).toContain('Số:        /BC-SOC')
    expect(word.lines.filter((line) => line.endsWith('./.'))).toHaveLength(1)
  })
})

describe('the same document', () => {
  it('is the same file, byte for byte', async () => {
    expect(Buffer.compare(await renderPdf(document), pdf)).toBe(0)
    expect(Buffer.compare(await renderDocx(document), docx)).toBe(0)
  })

  it('is marked on every page while its period runs', async () => {
    const draft: ReportDocument = { ...shortDocument('Thử'), draft: true }
    expect((await readPdf(await renderPdf(draft))).every((page) => read(page).includes('DỰ THẢO'))).toBe(true)
    const { parts } = readDocx(await renderDocx(draft))
    const headers = Object.entries(parts).filter(([name]) => name.startsWith('word/header'))
    expect(headers.every(([, text]) => text.includes('DỰ THẢO'))).toBe(true)
  })
})

describe('a report of a demonstration', { timeout: 60_000 }, () => {
  it('says on every page and in its title that its figures are made up, in both files', async () => {
    const source = sampleSource()
    source.figures.origin = 'demonstration'
    const shown = reportDocument(source)
    expect(shown.title).toContain('(SỐ LIỆU MINH HỌA)')
    const marked = await readPdf(await renderPdf({ ...shown, draft: true }))
    expect(marked.length).toBeGreaterThan(3)
    for (const [at, page] of marked.entries()) {
      const top = page.pieces.filter((piece) => piece.top < margins.top && !piece.text.includes('DỰ THẢO'))
      const mark = top.filter(({ text }) => text !== String(at + 1))
      expect(mark.map(({ text }) => text).join('')).toBe('SỐ LIỆU MINH HỌA')
      expect(mark[0]!.left).toBeGreaterThan(page.width / 2)
      expect(mark[0]!.left + mark[0]!.width).toBeLessThan(page.width - margins.right)
      const number = top.find(({ text }) => text === String(at + 1))
      expect(number === undefined).toBe(at === 0)
      if (number !== undefined) expect(Math.abs(number.left + number.width / 2 - page.width / 2)).toBeLessThan(2)
    }
    const { parts, lines } = readDocx(await renderDocx(shown))
    const headers = Object.entries(parts).filter(([name]) => name.startsWith('word/header'))
    expect(headers.length).toBeGreaterThanOrEqual(2)
    // The box is around the words, not across the page, and all of the header is one line: it stays in the top margin.
    for (const [, text] of headers) {
      expect(text).toMatch(/<w:bdr [^>]*>.*SỐ LIỆU MINH HỌA/s)
      expect(text.match(/<w:p>/g)).toHaveLength(1)
    }
    expect(lines).toContain('(SỐ LIỆU MINH HỌA)')
    expect(parts['docProps/core.xml']).toContain('SỐ LIỆU MINH HỌA')
  })

  it('is told from one of the province, which bears no such mark', () => {
    expect(pages.map(read).join(' ')).not.toContain('MINH HỌA')
    expect(Object.values(word.parts).join(' ')).not.toContain('MINH HỌA')
  })
})

describe('the day of a report', () => {
  it.each([
    ['2024-01-05', 'ngày 05 tháng 01 năm 2024'],
    ['2024-02-29', 'ngày 29 tháng 02 năm 2024'],
    ['2023-03-09', 'ngày 09 tháng 3 năm 2023'],
    ['2023-12-31', 'ngày 31 tháng 12 năm 2023']
  ])('%s is written %s', (day, words) => {
    expect(placeAndDate(defaultSettings.form, ictDayStart(day))).toBe(`Thừa Thiên Huế, ${words}`)
  })
})

describe('hostile text', () => {
  const pieces = fc.constantFrom(
    "=cmd|'/c calc'!A1",
    '<w:p><w:r><w:t>x</w:t></w:r></w:p>',
    ']]><script>alert(1)</script>',
    '&amp;&#0;&lt;',
    '\u0000\u0007\u000b\u001b[31m',
    '\ud800',
    '\u202egnp.exe',
    '\uffff',
    'A'.repeat(3_000),
    '\r\n\t',
    '(Tj) ET endstream endobj',
    'ề̂́',
    '{{text}}',
    '🛑'
  )
  const hostile = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 40 })), {
    minLength: 1,
    maxLength: 4
  })

  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff\u202a-\u202e]/u
  const documentOf = (texts: string[]): ReportDocument => {
    const [first = ''] = texts
    const short = shortDocument(first)
    return { ...short, blocks: [...short.blocks, ...texts.flatMap((text) => shortDocument(text).blocks)] }
  }

  it('is text and nothing else in both files', { timeout: 60_000 }, async () => {
    // Many texts in one report: setting a report costs more than what is in it.
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 12, maxLength: 24 }), async (texts) => {
        const document = documentOf(texts.map((parts) => parts.join('')))
        const word = readDocx(await renderDocx(document))
        // Markup in a text stays text: there are as many paragraphs as with harmless texts.
        const plain = readDocx(await renderDocx(documentOf(texts.map(() => 'x'))))
        const below = (lines: string[]) => lines.slice(lines.indexOf('BÁO CÁO'))
        expect(below(word.lines)).toHaveLength(below(plain.lines).length)
        for (const parts of texts) expect(word.lines).toContain(clean(parts.join('')))
        expect(Object.keys(word.parts)).toEqual(Object.keys(plain.parts))
        expect(word.body).not.toMatch(forbidden)
        const pages = await readPdf(await renderPdf(document))
        expect(
          pages
            .map(({ text }) => text)
            .join('')
            .includes('./.')
        ).toBe(true)
      }),
      { numRuns: 2, endOnFailure: true }
    )
  })

  it('stays on the paper however long its words are', { timeout: 60_000 }, async () => {
    const words = ['A'.repeat(3_000), 'W'.repeat(60), 'w'.repeat(59), `${'x'.repeat(50)} ${'y'.repeat(50)}`]
    for (const page of await readPdf(await renderPdf(documentOf(words)))) {
      for (const piece of page.pieces.filter(({ top }) => top > margins.top)) {
        expect(piece.left).toBeGreaterThanOrEqual(margins.left - 1)
        expect(piece.left + piece.width).toBeLessThanOrEqual(page.width - margins.right + 2)
      }
    }
  })

  it('loses what turns the direction of reading, and keeps one line', () => {
    expect(clean('a\u202eb\u2066c\nd\u0000e')).toBe('abc d e')
    expect(clean('Huê\u0301')).toBe('Huế')
    expect(clean('\ud800x')).toBe('\ufffdx')
  })
})

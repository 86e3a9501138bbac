import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvOf } from './csv.ts'

it.each(['=1+1', '+84', '-2', '@SUM(A1)', '\tx', '\r=x', ' =x', '＝1'])('%j is text, never a formula', (text) => {
  const [, body = ''] = csvOf([[text]]).split('\ufeff')
  expect(body.replace(/^"/, '')).toMatch(/^'/)
})

it('quotes, semicolons and line ends stay inside their cell; numbers stay numbers', () => {
  expect(csvOf([['a;b', 'nói "có"', 'x\r\ny', 1234, -5]])).toBe('\ufeff"a;b";"nói ""có""";"x\r\ny";1234;-5\r\n')
})

it('any text can be read back, but for the apostrophe of what would be a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
      const line = csvOf([texts]).slice(1, -2)
      expect(read(line).map((text) => (text.startsWith("'") ? text.slice(1) : text))).toEqual(
        texts.map((text) => (text.startsWith("'") ? text.slice(1) : text))
      )
    })
  )
})

function read(line: string): string[] {
  const cells: string[] = []
  let rest = line
  for (;;) {
    const found = /^(?:"((?:[^"]|"")*)"|([^;]*))(;|$)/.exec(rest)
    if (found === null) return cells
    cells.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'))
    if (found[3] === '') return cells
    rest = rest.slice(found[0].length)
  }
}

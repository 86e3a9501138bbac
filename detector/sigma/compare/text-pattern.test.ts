import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { Candidates, searchPieces } from '../index/automaton.ts'
import { casefold } from './casefold.ts'
import { type PatternPart, DASH, MANY, ONE } from '../parse/detection.ts'
import { analyseRegex } from '../index/regex-literals.ts'
import { compileRegex, regexFault } from './regex.ts'
import { compileGlob, fitsGlob, readPattern, widenDashes } from './text-pattern.ts'
import { compileTextSet, fitsTextSet } from '../index/text-set.ts'
import { baseOf } from '../events/field-values.ts'

/** The plain meaning of a pattern, tried at every place. */
function fitsPlainly(parts: readonly PatternPart[], text: string): boolean {
  const [part, ...rest] = parts
  if (part === undefined) return text === ''
  if (typeof part === 'string') return text.startsWith(part) && fitsPlainly(rest, text.slice(part.length))
  if (part === MANY) {
    for (let at = 0; at <= text.length; at++) if (fitsPlainly(rest, text.slice(at))) return true
    return false
  }
  const char = String.fromCodePoint(text.codePointAt(0) ?? 0)
  if (text === '' || (part === DASH && !'-/–—―'.includes(char))) return false
  return fitsPlainly(rest, text.slice(char.length))
}

const letters = fc.constantFrom('a', 'b', 'ab', '-', '/', '\\', '–', 'đ', '😀')
const text = fc.array(letters, { maxLength: 8 }).map((all) => all.join(''))
const part: fc.Arbitrary<PatternPart> = fc.oneof(letters, fc.constantFrom(MANY, ONE, DASH))
const pattern = fc.array(part, { maxLength: 6 })

describe('patterns', () => {
  it('find what trying every place finds', () => {
    fc.assert(
      fc.property(pattern, text, (parts, candidate) => {
        expect(fitsGlob(compileGlob(parts), candidate)).toBe(fitsPlainly(parts, candidate))
      }),
      { numRuns: 2_000 }
    )
  })

  it('mean the same in a set, whichever question they are sorted to', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 4 }),
        text,
        fc.boolean(),
        (patterns, candidate, fold) => {
          const joined = patterns.map(join)
          const set = compileTextSet(joined, fold)
          const ascii = !/[^a-b\-/\\]/.test(candidate)
          const plain = joined.some((parts) => fitsPlainly(parts, candidate))
          expect(fitsTextSet(set, candidate, baseOf(candidate), ascii)).toBe(plain)
        }
      ),
      { numRuns: 2_000 }
    )
  })

  it('read escapes so that every text can be written', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', '\\', '*', '?') })
    fc.assert(
      fc.property(literal, (wanted) => {
        expect(readPattern(wanted.replace(/[\\*?]/g, '\\$&')).join('')).toBe(wanted)
      })
    )
  })

  it('widen only dashes that start an option', () => {
    expect(widenDashes([' -enc a-b /x - c'])).toEqual([' ', DASH, 'enc a-b ', DASH, 'x - c'])
    expect(widenDashes(['-đ'])).toEqual([DASH, 'đ'])
    expect(widenDashes([MANY, '-x', MANY])).toEqual([MANY, DASH, 'x', MANY])
  })
})

/** Neighbouring literals joined, as rules come out of the parser. */
function join(parts: readonly PatternPart[]): PatternPart[] {
  return parts.reduce<PatternPart[]>((joined, next) => {
    const last = joined.at(-1)
    if (typeof next === 'string' && typeof last === 'string') return [...joined.slice(0, -1), last + next]
    return [...joined, next]
  }, [])
}

describe('searching for many pieces', () => {
  it('finds exactly the pieces that stand in the text', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.'), minLength: 1, maxLength: 5 })
    const searched = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', 'x', 'đ'), maxLength: 30 })
    fc.assert(
      fc.property(fc.uniqueArray(piece, { minLength: 1, maxLength: 12 }), fc.array(searched), (pieces, texts) => {
        const search = searchPieces(new Map(pieces.map((each, index) => [each, [index, pieces.length]])))
        const candidates = new Candidates(pieces.length + 1)
        for (const each of texts) {
          candidates.clear()
          search.scan(each, candidates)
          const found = pieces
            .map((needle, index) => (each.includes(needle) ? index : -1))
            .filter((index) => index >= 0)
          if (found.length > 0) found.push(pieces.length)
          expect(candidates.rules.toSorted((a, b) => a - b)).toEqual(found)
        }
      }),
      { numRuns: 500 }
    )
  })
})

describe('folding', () => {
  it('folds a piece as it folds the whole', () => {
    const char = fc.constantFrom('A', 'Đ', 'İ', 'Σ', 'ς', 'ſ', 'K', 'ß', 'ẞ', 'É', '😀', 'Ω')
    fc.assert(
      fc.property(fc.array(char), fc.array(char), (a, b) => {
        expect(casefold([...a, ...b].join(''))).toBe(casefold(a.join('')) + casefold(b.join('')))
      })
    )
  })
})

describe('regular expressions', () => {
  it('have the literals and the length that are said to be required', () => {
    const atom = fc.constantFrom(
      'a',
      'B',
      '.',
      '\\.',
      '[ab]',
      '[^]x]',
      '\\d',
      '(ab)',
      '(?:a|bc)',
      '(?i)',
      '^',
      'đ',
      '\\\\'
    )
    const count = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,1}', '{1,}', '*?')
    const sequence = fc.array(fc.tuple(atom, count), { minLength: 1, maxLength: 5 }).map((all) => all.flat().join(''))
    const source = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((all) => all.join('|'))
    const candidate = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'c', '.', '1', '\\', 'đ'), maxLength: 12 })
    let found = 0
    fc.assert(
      fc.property(source, fc.array(candidate, { minLength: 5 }), (regex, candidates) => {
        if (regexFault(regex, '') !== undefined) return
        const { literals, minLength } = analyseRegex(regex)
        const plain = RE2JS.compile(regex, RE2JS.CASE_INSENSITIVE)
        for (const each of candidates) {
          if (!plain.test(each)) continue
          found++
          expect(each.length).toBeGreaterThanOrEqual(minLength)
          if (literals) expect(literals.some((literal) => casefold(each).includes(literal))).toBe(true)
        }
      }),
      { numRuns: 1_000 }
    )
    expect(found).toBeGreaterThan(100)
  })

  it('take linear time where backtracking takes for ever', () => {
    const text = `${'a'.repeat(20_000)}!`
    for (const source of ['(a+)+$', '(a|aa)+$', '^(a|a?)+$', '(.*a){12}b']) {
      expect(compileRegex(source, '').search(text, text), source).toBe(false)
    }
  })

  it('ask for long lines without unfolding them', () => {
    const lines = `${'x'.repeat(600)}\n${'x'.repeat(600)}`
    expect(compileRegex('.{1000,}', '').search(lines, lines)).toBe(false)
    expect(compileRegex('.{1000,}', 's').search(lines, lines)).toBe(true)
    expect(compileRegex('(.){600}', '').search(lines, lines)).toBe(true)
    expect(compileRegex('.{3}', '').search('😀😀', '😀😀')).toBe(false)
    expect(compileRegex('.{0,}', '').search('', '')).toBe(true)
  })
})

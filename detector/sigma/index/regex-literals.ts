/** What every text that a pattern finds must have. */
export type RegexNeeds = {
  /** One of these (lower-case ASCII) occurs in it; undefined: nothing is known. */
  literals: string[] | undefined
  /** Characters at least. */
  minLength: number
}

/** A piece of a pattern: the literal it is, when it is nothing else; else what it needs. */
type Piece = { exact: string | undefined; literals: string[] | undefined; minLength: number }

/** More alternatives than this tell too little to be worth asking. */
const MAX_ALTERNATIVES = 64
const MAX_DEPTH = 50
const NOTHING: Piece = { exact: undefined, literals: undefined, minLength: 0 }
const ANY_CHAR: Piece = { exact: undefined, literals: undefined, minLength: 1 }
const NO_WIDTH: Piece = { exact: '', literals: undefined, minLength: 0 }

/** Thrown inside where the pattern is not understood; then nothing is known about it, which is always safe. */
class NotUnderstood extends Error {}

/**
 * Reads RE2 syntax only as far as needed to find literals that cannot be missing. Letters are lowered, so that the answer
 * holds with and without the flag i; characters beyond ASCII end a literal, because their foldings are many.
 */
export function analyseRegex(source: string): RegexNeeds {
  try {
    const reader = { source, at: 0 }
    const piece = readAlternatives(reader, 0)
    if (reader.at < source.length) throw new NotUnderstood()
    const literals = piece.exact !== undefined ? nonEmpty(piece.exact) : piece.literals
    return { literals, minLength: piece.minLength }
  } catch (error) {
    if (error instanceof NotUnderstood) return { literals: undefined, minLength: 0 }
    throw error
  }
}

type Reader = { source: string; at: number }

function readAlternatives(reader: Reader, depth: number): Piece {
  if (depth > MAX_DEPTH) throw new NotUnderstood()
  const branches = [readSequence(reader, depth)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    branches.push(readSequence(reader, depth))
  }
  if (branches.length === 1) return branches[0]!
  const sets = branches.map((branch) => (branch.exact !== undefined ? nonEmpty(branch.exact) : branch.literals))
  const known = sets.every((set) => set !== undefined) ? [...new Set(sets.flat())] : undefined
  return {
    exact: undefined,
    literals: known && known.length <= MAX_ALTERNATIVES ? (known as string[]) : undefined,
    minLength: Math.min(...branches.map((branch) => branch.minLength))
  }
}

function readSequence(reader: Reader, depth: number): Piece {
  const sets: string[][] = []
  let run = ''
  let exact = true
  let minLength = 0
  const endRun = () => {
    if (run !== '') sets.push([run])
    run = ''
  }
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at]!)) {
    const atom = readAtom(reader, depth)
    const [least, most] = readQuantifier(reader)
    minLength += atom.minLength * least
    if (least === 1 && most === 1 && atom.exact !== undefined) {
      run += atom.exact
      continue
    }
    exact = false
    if (least > 0 && atom.exact !== undefined) run += atom.exact
    endRun()
    if (least > 0 && atom.exact === undefined && atom.literals) sets.push(atom.literals)
  }
  if (exact) return { exact: run, literals: undefined, minLength }
  endRun()
  return { exact: undefined, literals: best(sets), minLength }
}

/** The set that says most: the one whose shortest literal is longest, fewer alternatives first. */
function best(sets: readonly string[][]): string[] | undefined {
  const worth = (set: string[]) => Math.min(...set.map((literal) => literal.length)) - set.length / 100
  let chosen: string[] | undefined
  for (const set of sets) if (!chosen || worth(set) > worth(chosen)) chosen = set
  return chosen
}

/** How often the atom before stands: least and most. */
function readQuantifier(reader: Reader): [number, number] {
  const { source } = reader
  let range: [number, number] = [1, 1]
  const char = source[reader.at]
  if (char === '*' || char === '+' || char === '?') {
    reader.at++
    range = [char === '+' ? 1 : 0, char === '?' ? 1 : Infinity]
  } else if (char === '{') {
    const counted = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(source.slice(reader.at, reader.at + 16))
    // A brace that counts nothing is a literal; it is read as the next atom.
    if (!counted) return range
    reader.at += counted[0].length
    const least = Number(counted[1])
    range = [least, counted[2] === undefined ? least : counted[3] ? Number(counted[3]) : Infinity]
  } else return range
  if (source[reader.at] === '?') reader.at++
  // Another quantifier (`a**`) multiplies in some engines and is refused in others.
  if (/[*+?]/.test(source[reader.at] ?? '')) throw new NotUnderstood()
  return range
}

function readAtom(reader: Reader, depth: number): Piece {
  const { source } = reader
  const char = source[reader.at++]!
  if (char === '.') return ANY_CHAR
  if (char === '^' || char === '$') return NO_WIDTH
  if (char === '[') return readClass(reader)
  if (char === '(') return readGroup(reader, depth)
  if (char === '\\') return readEscape(reader)
  if ('*+?'.includes(char)) throw new NotUnderstood()
  return literal(char)
}

function readGroup(reader: Reader, depth: number): Piece {
  const head = /^\?(?:P?<\w+>|[a-zA-Z-]*(:|\)))/.exec(reader.source.slice(reader.at, reader.at + 200))
  if (reader.source[reader.at] === '?') {
    if (!head) throw new NotUnderstood()
    reader.at += head[0].length
    // `(?i)` stands for itself: literals are lowered anyway.
    if (head[1] === ')') {
      // A quantifier behind it belongs to what stands before it.
      if (/[*+?{]/.test(reader.source[reader.at] ?? '')) throw new NotUnderstood()
      return NO_WIDTH
    }
  }
  const piece = readAlternatives(reader, depth + 1)
  if (reader.source[reader.at++] !== ')') throw new NotUnderstood()
  return piece
}

function readEscape(reader: Reader): Piece {
  const char = reader.source[reader.at++]
  if (char === undefined) throw new NotUnderstood()
  if ('dDwWsS'.includes(char)) return ANY_CHAR
  if ('bBAz'.includes(char)) return NO_WIDTH
  if ('tnrfva'.includes(char)) return ANY_CHAR
  if (/[a-zA-Z0-9]/.test(char)) throw new NotUnderstood()
  return literal(char)
}

function readClass(reader: Reader): Piece {
  const { source } = reader
  if (source[reader.at] === '^') reader.at++
  // A bracket that comes first is a member.
  if (source[reader.at] === ']') reader.at++
  for (; reader.at < source.length; reader.at++) {
    const char = source[reader.at]
    if (char === '\\') reader.at++
    else if (char === '[' && source[reader.at + 1] === ':') {
      const end = source.indexOf(':]', reader.at)
      if (end < 0) throw new NotUnderstood()
      reader.at = end + 1
    } else if (char === ']') {
      reader.at++
      return ANY_CHAR
    }
  }
  throw new NotUnderstood()
}

function literal(char: string): Piece {
  // One unit of a surrogate pair counts as no character, so that the least length stays a lower bound.
  if (char > '\x7f') return { ...NOTHING, minLength: char >= '\ud800' && char <= '\udfff' ? 0 : 1 }
  return { exact: char.toLowerCase(), literals: undefined, minLength: 1 }
}

function nonEmpty(text: string): string[] | undefined {
  return text === '' ? undefined : [text]
}

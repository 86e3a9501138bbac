import type { Comparison, DatePart, DetectionNode, FieldRelation, PatternPart, Test } from '../parse/detection.ts'
import { parseNetwork } from './cidr.ts'
import { base64Offsets, utf16Forms } from './encodings.ts'
import { regexFault } from './regex.ts'
import { RuleFault } from '../parse/rule-fault.ts'
import { literalOf, readPattern, unanchor, widenDashes } from './text-pattern.ts'
import type { YamlScalar } from '../parse/yaml-tree.ts'

/** A value on its way through the modifiers. `raw` is the text as the rule writes it, before wildcards are read. */
type Draft =
  | { kind: 'text'; raw: string; parts: PatternPart[]; touched: boolean }
  | { kind: 'bytes'; bytes: Buffer }
  | Exclude<Test, { kind: 'text' | 'boolean' | 'null' }>
  /** `text`: as the rule has it, for modifiers that compare texts. */
  | { kind: 'boolean'; value: boolean; text: string }
  | { kind: 'null'; text: string; line: number; column: number }
type TextDraft = Extract<Draft, { kind: 'text' }>

/** One item while its modifiers are applied, left to right. */
type Work = {
  line: number
  keyword: boolean
  /** One list for each value of the rule, holding what it became; a list of several means OR. */
  values: Draft[][]
  all: boolean
  negated: boolean
  cased: boolean
  /** startswith or endswith was asked for: a keyword is then no longer looked for anywhere. */
  anchored: boolean
}
type Modifier = (work: Work, name: string) => void

/** Values of one rule beyond this are refused; SigmaHQ's longest list holds 1,300. */
export const MAX_VALUES_PER_ITEM = 10_000
/** Characters of one value. */
const MAX_VALUE_CHARS = 16_384

const fail = (work: Work, message: string): never => {
  throw new RuleFault('modifier.use', work.line, message)
}

/** Replaces each draft by what the step makes of it (one, or several that mean OR). */
function each(work: Work, step: (draft: Draft) => Draft | Draft[]): void {
  work.values = work.values.map((drafts) => drafts.flatMap(step))
  if (work.values.flat().length > MAX_VALUES_PER_ITEM) fail(work, `More than ${MAX_VALUES_PER_ITEM} values in one item`)
}

/** The draft as text, or a fault naming the modifier. */
function textOf(work: Work, draft: Draft, name: string): TextDraft {
  if (draft.kind === 'text') return draft
  if (draft.kind === 'bytes') return decoded(work, draft.bytes)
  // `Data|contains: 4444` means these digits, wherever they stand; so does `true`.
  if (draft.kind === 'number' || draft.kind === 'boolean') {
    return { kind: 'text', raw: draft.text, parts: [draft.text], touched: false }
  }
  return fail(work, `"${name}" needs text, not ${describe(draft)}`)
}

/** The draft as the rule wrote it; for modifiers that must come first. */
function untouched(work: Work, draft: Draft, name: string): string {
  if (draft.kind === 'text' && !draft.touched) return draft.raw
  if (draft.kind === 'number' || draft.kind === 'boolean') return draft.text
  return fail(work, `"${name}" must be the first modifier and needs text, not ${describe(draft)}`)
}

function describe(draft: Draft): string {
  if (draft.kind === 'text') return 'text that another modifier changed'
  if (draft.kind !== 'null') return `a ${draft.kind}`
  const place = `line ${draft.line}, column ${draft.column}`
  return draft.text === '' ? `an empty value (${place})` : `an empty value: put ${draft.text} in quotes (${place})`
}

function decoded(work: Work, bytes: Buffer): TextDraft {
  try {
    const raw = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { kind: 'text', raw, parts: raw === '' ? [] : [raw], touched: true }
  } catch {
    return fail(work, 'The encoded value is no text: base64 or base64offset must follow')
  }
}

function bytesOf(work: Work, draft: Draft, name: string): Buffer {
  if (draft.kind === 'bytes') return draft.bytes
  const text = literalOf(textOf(work, draft, name).parts)
  if (text === undefined) return fail(work, `"${name}" takes no wildcards`)
  return Buffer.from(text, 'utf8')
}

function open(relation: FieldRelation): Modifier {
  const start = relation !== 'startswith'
  const end = relation !== 'endswith'
  return (work, name) => {
    if (relation !== 'contains') work.anchored = true
    each(work, (draft) => {
      if (draft.kind === 'fieldref') return { ...draft, relation }
      if (draft.kind === 'regex') {
        // A search is unanchored already, so contains changes nothing.
        if (relation === 'contains') return draft
        const source = start ? `(?:${draft.source})$` : `^(?:${draft.source})`
        return { ...draft, source }
      }
      const text = textOf(work, draft, name)
      return { ...text, parts: unanchor(text.parts, start, end), touched: true }
    })
  }
}

function compare(op: Comparison): Modifier {
  return (work, name) =>
    each(work, (draft) => {
      const text = untouched(work, draft, name)
      const value = Number(text)
      if (text.trim() === '' || !Number.isFinite(value)) return fail(work, `"${name}" needs a number, not "${text}"`)
      return { kind: 'compare', op, value }
    })
}

function datePart(part: DatePart): Modifier {
  return (work, name) =>
    each(work, (draft) => {
      const text = untouched(work, draft, name)
      if (!/^\d{1,4}$/.test(text)) return fail(work, `"${name}" needs a whole number, not "${text}"`)
      return { kind: 'datepart', part, value: Number(text) }
    })
}

function regexFlag(flag: string): Modifier {
  return (work, name) =>
    each(work, (draft) => {
      if (draft.kind !== 'regex') return fail(work, `"${name}" only follows "re"`)
      return draft.flags.includes(flag) ? draft : { ...draft, flags: draft.flags + flag }
    })
}

function encode(form: keyof typeof utf16Forms): Modifier {
  return (work, name) => each(work, (draft) => ({ kind: 'bytes', bytes: utf16Forms[form](bytesOf(work, draft, name)) }))
}

/** Every modifier by its name in a rule. What is not in this table is refused. */
const modifiers: Record<string, Modifier> = {
  contains: open('contains'),
  startswith: open('startswith'),
  endswith: open('endswith'),
  all: (work) => {
    work.all = true
  },
  neq: (work) => {
    work.negated = true
  },
  cased: (work) => {
    work.cased = true
  },
  exists: (work, name) =>
    each(work, (draft) => {
      if (draft.kind !== 'boolean' || work.values.length > 1) return fail(work, `"${name}" needs true or false`)
      if (work.keyword) return fail(work, `"${name}" needs a field`)
      return { kind: 'exists', value: draft.value }
    }),
  re: (work, name) => each(work, (draft) => ({ kind: 'regex', source: untouched(work, draft, name), flags: '' })),
  i: regexFlag('i'),
  ignorecase: regexFlag('i'),
  m: regexFlag('m'),
  multiline: regexFlag('m'),
  s: regexFlag('s'),
  dotall: regexFlag('s'),
  lt: compare('lt'),
  lte: compare('lte'),
  gt: compare('gt'),
  gte: compare('gte'),
  cidr: (work, name) =>
    each(work, (draft) => {
      const network = untouched(work, draft, name)
      if (!parseNetwork(network)) return fail(work, `"${network}" is no IPv4 or IPv6 network`)
      return { kind: 'cidr', network }
    }),
  fieldref: (work, name) =>
    each(work, (draft) => {
      if (work.keyword) return fail(work, `"${name}" needs a field`)
      return { kind: 'fieldref', field: untouched(work, draft, name), relation: 'equals', cased: false }
    }),
  windash: (work, name) =>
    each(work, (draft) => {
      const text = textOf(work, draft, name)
      return { ...text, parts: widenDashes(text.parts), touched: true }
    }),
  wide: encode('utf16le'),
  utf16le: encode('utf16le'),
  utf16be: encode('utf16be'),
  utf16: encode('utf16'),
  base64: (work, name) =>
    each(work, (draft) => {
      const raw = bytesOf(work, draft, name).toString('base64')
      return { kind: 'text', raw, parts: [raw], touched: true }
    }),
  base64offset: (work, name) =>
    each(work, (draft) => {
      const variants = base64Offsets(bytesOf(work, draft, name))
      if (variants.includes('')) return fail(work, `"${name}" needs a longer value`)
      return variants.map((raw) => ({ kind: 'text', raw, parts: [raw], touched: true }))
    }),
  expand: (work) => {
    const drafts = work.values.flat().filter((draft) => draft.kind === 'text')
    const name = drafts.flatMap((draft) => /(?<!\\)%([^%\s]+)%/.exec(draft.raw)?.[1] ?? []).at(0)
    if (name === undefined) return
    throw new RuleFault('modifier.placeholder', work.line, `The placeholder %${name}% has no values here`)
  },
  minute: datePart('minute'),
  hour: datePart('hour'),
  day: datePart('day'),
  week: datePart('week'),
  month: datePart('month'),
  year: datePart('year')
}

/** Reads `Field|modifier|modifier: values`; throws a RuleFault for whatever Sigma does not allow. */
export function readItem(key: string, scalars: readonly YamlScalar[], line: number): DetectionNode {
  const [field = '', ...names] = key.split('|')
  if (scalars.length === 0) throw new RuleFault('detection.empty', line, `"${key}" has no values`)
  const values = scalars.map((scalar) => [draftOf(scalar, key)])
  const work: Work = { line, keyword: field === '', values, all: false, negated: false, cased: false, anchored: false }
  for (const name of names) {
    const modifier = Object.hasOwn(modifiers, name) ? modifiers[name] : undefined
    if (!modifier) throw new RuleFault('modifier.unknown', line, `Unknown modifier "${name}" in "${key}"`)
    modifier(work, name)
  }
  const tests = work.values.map((drafts) => drafts.map((draft) => finish(work, draft)))
  const { all, negated } = work
  if (!all || tests.every((variants) => variants.length === 1)) {
    return { kind: 'item', field, tests: tests.flat(), all, negated }
  }
  if (negated) return fail(work, '"neq" cannot follow "all" over values with several forms')
  const nodes = tests.map((variants) => ({ kind: 'item' as const, field, tests: variants, all: false, negated: false }))
  return { kind: 'all', nodes }
}

function draftOf(scalar: YamlScalar, key: string): Draft {
  const { value, text, line, column } = scalar
  if (text.length > MAX_VALUE_CHARS) {
    throw new RuleFault('detection.value', line, `A value of "${key}" is longer than ${MAX_VALUE_CHARS} characters`)
  }
  if (value === null) return { kind: 'null', text, line, column }
  if (typeof value === 'boolean') return { kind: 'boolean', value, text }
  if (typeof value === 'number') return { kind: 'number', text }
  return { kind: 'text', raw: value, parts: readPattern(value), touched: false }
}

/** The test that a draft comes to, once no modifier follows. */
function finish(work: Work, draft: Draft): Test {
  if (draft.kind === 'bytes') return finish(work, decoded(work, draft.bytes))
  if (work.cased && !['text', 'fieldref', 'number', 'null'].includes(draft.kind)) {
    return fail(work, `"cased" needs text, not ${describe(draft)}`)
  }
  if (draft.kind === 'regex') {
    const problem = regexFault(draft.source, draft.flags)
    if (problem) throw new RuleFault('modifier.regex', work.line, `The regular expression ${problem}`)
    return draft
  }
  if (draft.kind === 'fieldref') return { ...draft, cased: work.cased }
  if (work.keyword) return finishKeyword(work, draft)
  if (draft.kind === 'boolean') return { kind: 'boolean', value: draft.value }
  if (draft.kind === 'null') return { kind: 'null' }
  if (draft.kind !== 'text') return draft
  return { kind: 'text', parts: simplify(draft.parts), cased: work.cased }
}

/** A keyword is looked for inside of every value. */
function finishKeyword(work: Work, draft: Draft): Test {
  if (draft.kind === 'number' || draft.kind === 'boolean') {
    return { kind: 'text', parts: unanchor([draft.text], true, true), cased: work.cased }
  }
  if (draft.kind === 'cidr') return draft
  if (draft.kind !== 'text') return fail(work, `A keyword must be text or a number, not ${describe(draft)}`)
  if (draft.parts.length === 0) return fail(work, 'An empty keyword would match everything')
  const parts = work.anchored ? draft.parts : unanchor(draft.parts, true, true)
  return { kind: 'text', parts: simplify(parts), cased: work.cased }
}

/** Neighbouring literals become one. */
function simplify(parts: readonly PatternPart[]): PatternPart[] {
  const joined: PatternPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
}

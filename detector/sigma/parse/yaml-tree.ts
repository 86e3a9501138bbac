import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml'
import type { Json } from '#core/event.ts'
import { RuleFault } from './rule-fault.ts'

/** A YAML node with the line it stands on; aliases are resolved. */
export type YamlTree =
  | { kind: 'map'; entries: { key: string; keyLine: number; value: YamlTree }[]; line: number }
  | { kind: 'list'; items: YamlTree[]; line: number }
  | { kind: 'scalar'; value: string | number | boolean | null; text: string; line: number; column: number }
export type YamlMap = Extract<YamlTree, { kind: 'map' }>
export type YamlScalar = Extract<YamlTree, { kind: 'scalar' }>

/** One document of a file: its tree, or the fault that keeps it from being read. */
export type YamlDocument = { line: number; text: string } & ({ root: YamlTree } | { fault: RuleFault })

/** Documents of one file beyond this are refused; SigmaHQ has one a file. */
const MAX_DOCUMENTS = 500
/** Nodes of one document, aliases counted each time they are used: an alias bomb ends here. */
const MAX_NODES = 50_000
const MAX_DEPTH = 40

/** Reads a YAML text of one or several documents. Never throws; a bad document does not spoil the others. */
export function readYaml(text: string): YamlDocument[] {
  const lines = new LineCounter()
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const columnAt = (offset: number) => Math.max(1, lines.linePos(offset).col)
  let parsed: Document.Parsed[]
  try {
    const result = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
    parsed = Array.isArray(result) ? (result as Document.Parsed[]) : []
  } catch (error) {
    // The reader recurses: a text of thousands of brackets exhausts its stack.
    const reason = error instanceof RangeError ? 'is nested too deeply' : String(error)
    return [{ line: 1, text, fault: new RuleFault('yaml.syntax', 1, `The YAML ${reason}`) }]
  }
  const documents: YamlDocument[] = []
  for (const [index, document] of parsed.entries()) {
    const [start, , end] = document.range
    const own = parsed.length === 1 ? text : text.slice(start, end)
    const line = document.contents?.range ? lineAt(document.contents.range[0]) : lineAt(start)
    if (index >= MAX_DOCUMENTS) {
      const message = `A file holds at most ${MAX_DOCUMENTS} documents; this one holds ${parsed.length}`
      documents.push({ line, text: '', fault: new RuleFault('yaml.documents', line, message) })
      break
    }
    const problem = document.errors[0]
    if (problem) {
      const at = lineAt(problem.pos[0])
      const message = problem.message.split('\n')[0] ?? 'syntax'
      documents.push({ line, text: own, fault: new RuleFault('yaml.syntax', at, message) })
    } else if (document.contents !== null) {
      documents.push({ line, text: own, ...readRoot(document, lineAt, columnAt) })
    }
  }
  return documents
}

function readRoot(
  document: Document.Parsed,
  lineAt: (offset: number) => number,
  columnAt: (offset: number) => number
): { root: YamlTree } | { fault: RuleFault } {
  let nodes = 0
  let line = 1
  const read = (node: unknown, depth: number): YamlTree => {
    const range = (node as Node | null)?.range
    if (range) line = lineAt(range[0])
    const here = line
    const column = range ? columnAt(range[0]) : 1
    if (++nodes > MAX_NODES) throw new RuleFault('yaml.size', here, `A document holds at most ${MAX_NODES} values`)
    if (depth > MAX_DEPTH) throw new RuleFault('yaml.depth', here, `A document is nested at most ${MAX_DEPTH} deep`)
    if (isAlias(node)) {
      const target = node.resolve(document)
      if (!target) throw new RuleFault('yaml.alias', here, `Unknown alias *${node.source}`)
      const tree = read(target, depth + 1)
      line = here
      return { ...tree, line: here }
    }
    if (isMap(node)) {
      const entries: YamlMap['entries'] = []
      const merged: YamlMap['entries'] = []
      for (const pair of node.items) {
        const key = read(pair.key, depth + 1)
        if (key.kind !== 'scalar') throw new RuleFault('yaml.key', key.line, 'A key must be plain text')
        // Without a value there is no node to ask for the line.
        line = key.line
        const value = read(pair.value, depth + 1)
        if (key.text === '<<') merged.push(...mergedEntries(value))
        else entries.push({ key: key.text, keyLine: key.line, value })
      }
      for (const entry of merged) if (!entries.some(({ key }) => key === entry.key)) entries.push(entry)
      return { kind: 'map', entries, line: here }
    }
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => read(item, depth + 1)), line: here }
    if (node === null || node === undefined) return { kind: 'scalar', value: null, text: '', line: here, column }
    if (!isScalar(node)) throw new RuleFault('yaml.node', here, 'Not a map, list or value')
    return { ...readScalar(node.value, node.source), line: here, column }
  }
  try {
    return { root: read(document.contents, 0) }
  } catch (error) {
    if (error instanceof RuleFault) return { fault: error }
    return { fault: new RuleFault('yaml.read', line, String(error)) }
  }
}

/** `<<: *common` brings the entries of another map along; the map's own ones, and earlier ones, go before them. */
function mergedEntries(tree: YamlTree): YamlMap['entries'] {
  if (tree.kind === 'map') return tree.entries
  if (tree.kind === 'list') return tree.items.flatMap(mergedEntries)
  throw new RuleFault('yaml.merge', tree.line, '"<<" needs a map')
}

/** A number as logs print it; what YAML reads as one besides (0x1410, 00000429, 12345e9, 1:30) is a word of the log. */
const PLAIN_NUMBER = /^[-+]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)$/

/**
 * Texts are composed (NFC), as those of events are: a rule may be typed on a machine that takes letters apart. What YAML
 * takes for a number keeps its source: programs print masks, codes and hashes so, Sigma compares text, and only the
 * source is exact beyond 2^53.
 */
function readScalar(value: unknown, source: string | undefined): Omit<YamlScalar, 'line' | 'column'> {
  if (typeof value === 'string') {
    const text = value.normalize('NFC')
    return { kind: 'scalar', value: text, text }
  }
  if (typeof value === 'number') {
    const text = source ?? String(value)
    return PLAIN_NUMBER.test(text) ? { kind: 'scalar', value, text } : { kind: 'scalar', value: text, text }
  }
  if (typeof value === 'boolean' || value === null) return { kind: 'scalar', value, text: source ?? String(value) }
  // A date of YAML 1.1: its own words, not those of a JavaScript Date.
  const text = source ?? String(value)
  return { kind: 'scalar', value: text, text }
}

/** The value under a key of a map, if any. */
export function entryOf(map: YamlMap, key: string): YamlTree | undefined {
  return map.entries.find((entry) => entry.key === key)?.value
}

/** A tree as the JSON value it stands for. */
export function toJson(tree: YamlTree): Json {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(toJson)
  return Object.fromEntries(tree.entries.map((entry) => [entry.key, toJson(entry.value)]))
}

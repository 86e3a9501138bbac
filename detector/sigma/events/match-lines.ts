import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { JsonObject } from '#core/event.ts'
import { isAscii } from '../compare/casefold.ts'
import { toSigmaEvent } from './event.ts'
import { parseEvent } from './parse-event.ts'
import type { RuleSet } from '../parse/types.ts'

/** One line of NDJSON beyond this is passed over and reported. */
const MAX_LINE_BYTES = 16 * 1024 * 1024
const LINE_FEED = 10
/** Answers are written in pieces of about this size. */
const WRITE_CHARS = 64 * 1024
/** Bad lines that are named; the rest are only counted. */
const MAX_REPORTS = 20

/** What came of a stream of events. */
export type MatchLinesResult = { events: number; matched: number; bad: number }

/**
 * Matches NDJSON, one event a line, and writes `{"event":n,"rules":[ids…]}` for each event that matches (n counts lines
 * from 0, empty ones too). A line that is no JSON object is told to `report` and counted, never fatal.
 */
export async function matchLines(
  ruleSet: RuleSet,
  input: Readable,
  output: Writable,
  report: (line: string) => void = () => {}
): Promise<MatchLinesResult> {
  const result: MatchLinesResult = { events: 0, matched: 0, bad: 0 }
  let line = 0
  let pending = ''
  const refuse = (why: string) => {
    if (++result.bad <= MAX_REPORTS) report(`line ${line + 1}: ${why}`)
  }
  const judge = (text: string) => {
    let document: JsonObject | undefined
    try {
      // As the collector has them: letters and their marks composed.
      document = parseEvent(isAscii(text) ? text : text.normalize('NFC'))
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error))
      return
    }
    if (!document) return refuse('not a JSON object')
    result.events++
    const hits = ruleSet.match(toSigmaEvent(document))
    if (hits.length === 0) return
    result.matched++
    pending += `{"event":${line},"rules":${JSON.stringify(hits.map((hit) => hit.rule.id))}}\n`
  }
  const take = (bytes: Buffer | undefined) => {
    if (bytes === undefined) refuse(`longer than ${MAX_LINE_BYTES} bytes`)
    else if (bytes.length > 0 && !(bytes.length === 1 && bytes[0] === 0x0d)) judge(bytes.toString('utf8'))
    line++
  }
  const splitter = new LineSplitter(take)
  for await (const chunk of input) {
    splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer))
    if (pending.length >= WRITE_CHARS) {
      const flushed = output.write(pending)
      pending = ''
      if (!flushed) await once(output, 'drain')
    }
  }
  splitter.end()
  if (pending !== '' && !output.write(pending)) await once(output, 'drain')
  if (result.bad > MAX_REPORTS) report(`${result.bad} lines could not be read in all`)
  return result
}

/** Cuts a stream of bytes at line feeds. Of a line that is too long nothing is kept; it is handed on as undefined. */
class LineSplitter {
  readonly #take: (line: Buffer | undefined) => void
  #parts: Buffer[] = []
  #length = 0

  constructor(take: (line: Buffer | undefined) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const rest = chunk.subarray(from, end)
      if (this.#length === 0 && rest.length <= MAX_LINE_BYTES) this.#take(rest)
      else this.#finish(rest)
      from = end + 1
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
  }

  end(): void {
    if (this.#length > 0) this.#finish(Buffer.alloc(0))
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    if (this.#length <= MAX_LINE_BYTES) this.#parts.push(part)
    else this.#parts = []
  }

  #finish(rest: Buffer): void {
    this.#keep(rest)
    const line = this.#length <= MAX_LINE_BYTES ? Buffer.concat(this.#parts) : undefined
    this.#parts = []
    this.#length = 0
    this.#take(line)
  }
}

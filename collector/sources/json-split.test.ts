import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bulkAnswer, splitBulk } from './bulk-split.ts'
import { memberBytes, splitJson, splitLines } from './json-split.ts'

const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/)
const documents = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 })
const texts = (split: ReturnType<typeof splitJson>) =>
  Array.isArray(split) ? split.map((bytes) => bytes.toString()) : split

it('the elements of any array come out as the bytes they went in', () => {
  fc.assert(
    fc.property(documents, space, fc.constantFrom(0, 2), (values, gap, indent) => {
      const elements = values.map((value) => JSON.stringify(value, null, indent))
      const body = Buffer.from(`${gap}[${gap}${elements.join(`${gap},${gap}`)}${gap}]${gap}`)
      expect(texts(splitJson(body))).toEqual(elements)
    })
  )
})

it('objects one after another come out as the bytes they went in, as lines too', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { maxLength: 8 }), (values) => {
      const elements = values.map((value) => JSON.stringify(value))
      const body = Buffer.from(elements.map((element) => `${element}\n`).join(''))
      expect(texts(splitJson(body))).toEqual(elements)
      expect(texts(splitLines(body))).toEqual(elements)
    })
  )
})

it('no bytes make the splitters throw, and what they frame lies in the body in order', () => {
  const jsonish = fc
    .array(fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', ' ', '\n', 'a', '1', '\0', 'é'), { maxLength: 40 })
    .map((parts) => Buffer.from(parts.join('')))
  const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.oneof(jsonish, noise), (body) => {
      for (const split of [splitJson(body), splitLines(body)]) {
        if (!Array.isArray(split)) {
          expect(split.at).toBeGreaterThanOrEqual(0)
          expect(split.at).toBeLessThanOrEqual(body.length)
          continue
        }
        let last = body.byteOffset
        for (const event of split) {
          expect(event.length).toBeGreaterThan(0)
          expect(event.byteOffset).toBeGreaterThanOrEqual(last)
          last = event.byteOffset + event.length
        }
        expect(last).toBeLessThanOrEqual(body.byteOffset + body.length)
      }
      splitBulk(body, { index: '', pipeline: '' })
      memberBytes(body, 0, 'doc')
    }),
    { numRuns: 1_000 }
  )
})

it('a bulk body of any documents comes apart into those documents and as many items', () => {
  const document = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value))
  const operation = fc.constantFrom('index', 'create')
  const id = fc.option(fc.string({ minLength: 1 }), { nil: undefined })
  fc.assert(
    fc.property(fc.array(fc.record({ document, operation, id }), { minLength: 1, maxLength: 10 }), (requests) => {
      const body = requests
        .map((one) => `${JSON.stringify({ [one.operation]: { _id: one.id } })}\n${one.document}\n`)
        .join('')
      const split = splitBulk(Buffer.from(body), { index: 'logs', pipeline: '' })
      if ('problem' in split) throw new Error(split.problem)
      expect(split.events.map(({ raw }) => raw.toString())).toEqual(requests.map((one) => one.document))
      expect(split.events.map(({ clientKey }) => clientKey)).toEqual(
        requests.map((one) => (one.id === undefined ? '' : `logs/${one.id}`))
      )
      const answer = JSON.parse(bulkAnswer(split.items, 3)) as { items: Record<string, { status: number }>[] }
      expect(answer).toEqual({
        took: 3,
        errors: false,
        items: requests.map((one) => ({ [one.operation]: { status: 201 } }))
      })
    })
  )
})

it('a member is found by its own name only', () => {
  const find = (text: string) => memberBytes(Buffer.from(text), 0, 'doc')?.toString()
  expect(find('{"a":{"doc":1},"doc":[2]}')).toBe('[2]')
  expect(find('{"a":"\\"doc\\":1"}')).toBeUndefined()
  expect(find('{"doc":')).toBeUndefined()
  expect(find('{"doc" : "x" }')).toBe('"x"')
  expect(find('{}')).toBeUndefined()
})

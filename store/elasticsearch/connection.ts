import { Client, errors, Transport } from '@elastic/elasticsearch'
import { messageOf, SocError } from '#core/errors.ts'
import type { Product } from './template.ts'

/** Where the server is and how we are known there. */
export type ConnectionOptions = { url: string; /** Base64 form; '' for none. */ apiKey: string }

/** Longest answer that is read; a page of events beyond it is asked for in smaller pages. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const REQUEST_TIMEOUT_MS = 30_000

/** Plain JSON and no product check: understood by Elasticsearch 8 and 9 and OpenSearch 2 and 3 alike. */
class PlainTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    const unchecked = { ...options }
    delete unchecked.productCheck
    super({
      ...unchecked,
      vendoredHeaders: {
        jsonContentType: 'application/json',
        ndjsonContentType: 'application/x-ndjson',
        accept: 'application/json,text/plain'
      }
    })
  }

  /** Every answer we ask for is JSON: a page of HTML with status 200 is somebody else's. */
  override async request(...given: Parameters<Transport['request']>): Promise<never> {
    const answer: unknown = await super.request(...given)
    const whole = given[1]?.meta === true ? (answer as { body: unknown }).body : answer
    if (typeof whole === 'string') throw notASearchServer('it sent no JSON')
    return answer as never
  }
}

/** A client that tries once: who calls knows better what to try again. */
export function openClient({ url, apiKey }: ConnectionOptions): Client {
  return new Client({
    node: url,
    ...(apiKey === '' ? {} : { auth: { apiKey } }),
    Transport: PlainTransport,
    maxRetries: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    maxCompressedResponseSize: MAX_ANSWER_BYTES
  })
}

/** Asks the server what it is. Throws `store.away`. */
export async function askProduct(client: Client): Promise<Product> {
  try {
    const root = await client.transport.request<{ version?: { number?: unknown; distribution?: unknown } } | null>({
      method: 'GET',
      path: '/'
    })
    return productOf(root?.version)
  } catch (error) {
    throw away(error, 'the search server does not answer')
  }
}

/** Oldest major version of each product whose API we speak. */
const OLDEST: Record<Product, { name: string; major: number }> = {
  elasticsearch: { name: 'Elasticsearch', major: 8 },
  opensearch: { name: 'OpenSearch', major: 2 }
}

function productOf(version: { number?: unknown; distribution?: unknown } | undefined): Product {
  const { number, distribution } = version ?? {}
  if (typeof number !== 'string') throw notASearchServer('its answer names no version')
  const product = distribution === 'opensearch' ? 'opensearch' : 'elasticsearch'
  const { name, major } = OLDEST[product]
  // What is no number is a build of one's own, and taken at its word.
  if (Number.parseInt(number, 10) < major)
    throw new SocError('store.away', `${name} ${number.slice(0, 50)} is too old: ${major} or newer is needed`, {
      status: 503
    })
  return product
}

/** Something answers there, but no search server: a proxy's page, a sign-in, another program. */
export const notASearchServer = (why: string) =>
  new SocError('store.away', `what answers at the address is not Elasticsearch or OpenSearch: ${why}`, { status: 503 })

/** HTTP status of an answer that says no; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof errors.ResponseError ? error.statusCode : undefined
}

/** True when the answer was longer than we read. */
export const isTooLong = (error: unknown) =>
  error instanceof errors.RequestAbortedError &&
  /maximum (allowed )?(response )?size|is bigger than/i.test(error.message)

/** True when our own time for the request ended. */
export const isTimeout = (error: unknown) => error instanceof errors.TimeoutError

/** Anything the client threw, as what the pipeline retries and the console says. */
export function away(error: unknown, what: string): SocError {
  if (error instanceof SocError) return error
  const status = statusOf(error)
  const said = status === undefined ? messageOf(error) : `HTTP ${status}: ${messageOf(error)}`
  return new SocError('store.away', `${what}: ${said.slice(0, 500)}`, { cause: error, status: 503 })
}

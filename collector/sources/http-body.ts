import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { constants, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { SocError } from '#core/errors.ts'

/** The largest body, unpacked. Only Beats understand 413 (they split); what else is sent stays far below. */
export const MAX_BODY_BYTES = 100 * 1024 * 1024
/** Bodies in memory over all requests of a listener; beyond it requests wait their turn, the oldest never does. */
const MAX_BODIES_BYTES = 128 * 1024 * 1024
const CHUNK = 64 * 1024
/** A zstd stream may ask for a window of 128 MiB; senders of logs use at most 8 MiB (level 19). */
const ZSTD_WINDOW_LOG = 23

/** A request body, unpacked. `digest` is the SHA-256 of its bytes. */
export type Body = { bytes: Buffer; digest: string }

/** Memory that bodies share. A request takes as it reads and gives everything back at its end. */
export class BodyBudget {
  readonly #max: number
  readonly #taken = new Map<object, number>()
  #sum = 0
  #waiting: (() => void)[] = []

  constructor(max = MAX_BODIES_BYTES) {
    this.#max = max
  }

  /** Resolves when `owner` may keep `bytes` more. The oldest owner always may, so that one request gets done. */
  async take(owner: object, bytes: number): Promise<void> {
    if (!this.#taken.has(owner)) this.#taken.set(owner, 0)
    while (this.#sum + bytes > this.#max && this.#taken.keys().next().value !== owner) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#sum += bytes
    this.#taken.set(owner, this.#taken.get(owner)! + bytes)
  }

  release(owner: object) {
    this.#sum -= this.#taken.get(owner) ?? 0
    this.#taken.delete(owner)
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

/**
 * Reads and unpacks a body of at most `maxBytes`, hashing as it goes. Rejects with `http.encoding_unknown` (415),
 * `http.encoding_broken` (400), `http.too_large` (413), or `http.aborted` when the sender went away; the connection
 * stays open for the answer. The budget is the caller's to release.
 */
export async function readBody(request: IncomingMessage, budget: BodyBudget, maxBytes = MAX_BODY_BYTES): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > maxBytes) throw tooLarge(maxBytes)
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let size = 0
  const source = await unpacked(request)
  try {
    // An iterator that ends early must not destroy the request: its connection still carries the answer.
    for await (const chunk of source.iterator({ destroyOnReturn: source !== request }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      await budget.take(request, chunk.length)
      hash.update(chunk)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof SocError) throw error
    if (source === request || (request.destroyed && !request.complete)) {
      throw new SocError('http.aborted', 'the sender went away', { cause: error, status: 400 })
    }
    throw new SocError('http.encoding_broken', `the body is not ${request.headers['content-encoding']}`, {
      cause: error,
      status: 400
    })
  }
  if (!request.complete) throw new SocError('http.aborted', 'the sender went away', { status: 400 })
  return { bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size), digest: hash.digest('base64url') }
}

const tooLarge = (maxBytes: number) =>
  new SocError('http.too_large', `a body may have ${maxBytes} bytes, unpacked`, { status: 413 })

/** The body's own bytes: the request itself, or what a decoder makes of it. */
async function unpacked(request: IncomingMessage): Promise<Readable> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return request
  const decoder = await decoderOf(encoding, request)
  // Not pipeline(): it would destroy the request, and with it the connection, when the decoder fails.
  request.pipe(decoder)
  request.once('aborted', () => decoder.destroy(new Error('aborted')))
  return decoder
}

async function decoderOf(encoding: string, request: IncomingMessage): Promise<Transform> {
  const options = { chunkSize: CHUNK }
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(options)
    case 'deflate':
      // RFC 9110 means zlib, some clients send raw deflate: the first byte of zlib says method 8.
      return ((await firstByte(request)) & 0x0f) === 8 ? createInflate(options) : createInflateRaw(options)
    case 'zstd':
      return createZstdDecompress({
        ...options,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG }
      })
    default:
      throw new SocError('http.encoding_unknown', 'Content-Encoding may be gzip, deflate or zstd', { status: 415 })
  }
}

/** Looks at the first byte and puts it back; 0 for an empty body. */
async function firstByte(request: IncomingMessage): Promise<number> {
  for (;;) {
    const chunk = request.read() as Buffer | null
    if (chunk !== null) {
      request.unshift(chunk)
      return chunk[0] ?? 0
    }
    if (request.readableEnded || request.destroyed || request.complete) return 0
    await new Promise<void>((resolve) => {
      for (const event of ['readable', 'end', 'close'] as const) request.once(event, () => resolve())
    })
  }
}

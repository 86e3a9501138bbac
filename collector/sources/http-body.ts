import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { constants, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { SocError } from '#core/errors.ts'

/** The largest body, unpacked. Only Beats understand 413 (they split); what else is sent stays far below. */
export const MAX_BODY_BYTES = 100 * 1024 * 1024
/** Bodies in memory over all requests of a listener; what is beyond waits its turn. */
const MAX_BODIES_BYTES = 128 * 1024 * 1024
/** What every sender may always hold, whatever the others do: the usual batch of a unit. */
const ALWAYS_BYTES = 256 * 1024
/** The most that one sender may hold, as a part of all. */
const SENDER_PART = 4
const CHUNK = 64 * 1024
/** How often a body that is waited for is looked at. */
const LOOK_MS = 250
/** A zstd stream may ask for a window of 128 MiB; senders of logs use at most 8 MiB (level 19). */
const ZSTD_WINDOW_LOG = 23

/** A request body, unpacked. `digest` is the SHA-256 of its bytes. */
export type Body = { bytes: Buffer; digest: string }

export type BudgetOptions = {
  max?: number
  always?: number
  /** A body from which no byte came for so long is given up: while others wait for memory, and otherwise. Milliseconds. */
  stalledMs?: { crowded: number; otherwise: number }
}

type Hold = { sender: string; bytes: number }

/**
 * Memory that bodies share. A request takes as it reads and gives everything back at its end. Nobody holds more than a
 * quarter of it, and everybody always gets a little: so bodies that stand still hold up their own sender alone. One body at
 * a time, of whichever sender, may be larger than that share.
 */
export class BodyBudget {
  readonly #max: number
  readonly #always: number
  readonly #share: number
  readonly #stalledMs: { crowded: number; otherwise: number }
  readonly #held = new Map<object, Hold>()
  readonly #senders = new Map<string, number>()
  #sum = 0
  /** The body that may be larger than its sender's share; what it holds beyond is not in the sum. */
  #large: object | undefined
  #waiting: (() => void)[] = []

  constructor({ max = MAX_BODIES_BYTES, always = ALWAYS_BYTES, stalledMs }: BudgetOptions = {}) {
    this.#max = max
    this.#always = always
    this.#share = Math.floor(max / SENDER_PART)
    this.#stalledMs = stalledMs ?? { crowded: 5_000, otherwise: 20_000 }
  }

  /** How long a body may stand still now. */
  get patienceMs(): number {
    return this.#waiting.length > 0 ? this.#stalledMs.crowded : this.#stalledMs.otherwise
  }

  /** Resolves when `owner` may keep `bytes` more for its sender. */
  async take(owner: object, bytes: number, sender = ''): Promise<void> {
    const hold = this.#held.get(owner) ?? { sender, bytes: 0 }
    this.#held.set(owner, hold)
    while (!this.#may(owner, bytes, sender)) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    hold.bytes += bytes
    this.#sum += bytes
    this.#senders.set(sender, (this.#senders.get(sender) ?? 0) + bytes)
  }

  release(owner: object) {
    const hold = this.#held.get(owner)
    this.#held.delete(owner)
    if (this.#large === owner) this.#large = undefined
    if (hold === undefined) return
    this.#sum -= hold.bytes
    const left = (this.#senders.get(hold.sender) ?? 0) - hold.bytes
    if (left > 0) this.#senders.set(hold.sender, left)
    else this.#senders.delete(hold.sender)
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  #may(owner: object, bytes: number, sender: string): boolean {
    if (this.#large === owner) return true
    const own = (this.#senders.get(sender) ?? 0) + bytes
    if (own <= this.#always) return true
    const largest = this.#large === undefined ? 0 : (this.#held.get(this.#large)?.bytes ?? 0)
    if (own <= this.#share && this.#sum - largest + bytes <= this.#max) return true
    if (this.#large !== undefined) return false
    this.#large = owner
    return true
  }
}

/**
 * Reads and unpacks a body of at most `maxBytes`, hashing as it goes. Rejects with `http.encoding_unknown` (415),
 * `http.encoding_broken` (400), `http.too_large` (413), `http.stalled` (408) when no byte comes any more, or `http.aborted` when the sender went away; the connection
 * stays open for the answer. The budget is the caller's to release.
 */
export async function readBody(
  request: IncomingMessage,
  budget: BodyBudget,
  maxBytes = MAX_BODY_BYTES,
  sender = ''
): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > maxBytes) throw tooLarge(maxBytes)
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let size = 0
  const source = await unpacked(request)
  try {
    // An iterator that ends early must not destroy the request: its connection still carries the answer.
    for await (const chunk of moving(request, source, budget)) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      await budget.take(request, chunk.length, sender)
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

/** The chunks of a body, as long as bytes come. Time in which the body waits for memory is not counted against its sender. */
async function* moving(request: IncomingMessage, source: Readable, budget: BodyBudget): AsyncGenerator<Buffer> {
  const chunks = source
    .iterator({ destroyOnReturn: source !== request })
    [Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    for (;;) {
      const next = await orStalled(request, chunks.next(), budget)
      if (next.done === true) return
      yield next.value
    }
  } finally {
    // Not waited for: a body that stands still would keep it.
    chunks.return?.().catch(() => undefined)
  }
}

function orStalled<T>(request: IncomingMessage, next: Promise<T>, budget: BodyBudget): Promise<T> {
  let [bytes, since] = [request.socket.bytesRead, performance.now()]
  return new Promise<T>((resolve, reject) => {
    const timer = setInterval(() => {
      const now = performance.now()
      if (request.socket.bytesRead !== bytes) [bytes, since] = [request.socket.bytesRead, now]
      else if (now - since >= budget.patienceMs) {
        reject(new SocError('http.stalled', 'the body stopped in the middle', { status: 408 }))
      }
    }, LOOK_MS)
    next.then(resolve, reject).finally(() => clearInterval(timer))
  })
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

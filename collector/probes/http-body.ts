import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { ProbeFault } from './fault.ts'

/** What is read of a body, packed and unpacked; the rest is cut off and the answer judged on what was read. */
export const BODY_MAX_BYTES = 1024 * 1024
const CHUNK = { chunkSize: 16 * 1024 }
/** Packings over each other; nobody means more. */
const PACKINGS_MAX = 4
/** A zstd stream may ask for a window of 128 MiB; web servers use at most 8 MiB (RFC 9659). */
const zstd = { ...CHUNK, params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } }

/** A body as far as it was read. */
export type Body = { bytes: Buffer; cut: boolean }

/** We ask for no encoding; servers that pack all the same are unpacked. A Map: the names are other people's text. */
const decoders = new Map<string, (packed: Buffer) => Transform>([
  ['gzip', () => zlib.createGunzip(CHUNK)],
  ['x-gzip', () => zlib.createGunzip(CHUNK)],
  ['deflate', (packed) => (hasZlibHeader(packed) ? zlib.createInflate(CHUNK) : zlib.createInflateRaw(CHUNK))],
  ['br', () => zlib.createBrotliDecompress(CHUNK)],
  ['zstd', () => zlib.createZstdDecompress(zstd)]
])

/** `deflate` means zlib (RFC 9110), but some servers send it bare; browsers take both. */
const hasZlibHeader = (packed: Buffer) =>
  packed.length >= 2 && (packed[0]! & 0x0f) === 8 && packed.readUInt16BE(0) % 31 === 0

/** Reads at most {@link BODY_MAX_BYTES}. Rejects with {@link ProbeFault} `http.truncated` or `http.encoding`. */
export async function readBody(response: IncomingMessage): Promise<Body> {
  let body: Body
  try {
    body = await gather(response)
  } catch (error) {
    throw error instanceof ProbeFault ? error : new ProbeFault('http.truncated', '', { cause: error })
  }
  // Nothing is packed in nothing: an answer to HEAD, or an empty page whose server names its packing all the same.
  if (body.bytes.length === 0) return body
  const encoding = String(response.headers['content-encoding'] ?? '').toLowerCase()
  try {
    for (const decoder of packingsOf(encoding)) body = await gather(decoder(body.bytes).end(body.bytes), body.cut)
  } catch (error) {
    throw new ProbeFault('http.encoding', encoding.trim().slice(0, 30), { cause: error })
  }
  return body
}

/** Decoders in the order of unpacking. With a name that nobody knows the body is taken as it is, as browsers do. */
function packingsOf(encoding: string): ((packed: Buffer) => Transform)[] {
  const names = encoding
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse()
  if (names.length > PACKINGS_MAX) throw new Error(`more than ${PACKINGS_MAX} encodings`)
  const found = names.map((name) => decoders.get(name))
  return found.every((decoder) => decoder !== undefined) ? found : []
}

/** What a stream gives, to the bound. Of a stream whose source was `cut` the end may be missing. */
async function gather(stream: AsyncIterable<Buffer>, cut = false): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream) {
      chunks.push(chunk.subarray(0, BODY_MAX_BYTES - size))
      size += chunk.length
      // Leaving the loop ends the stream and with it the connection.
      if (size > BODY_MAX_BYTES) return { bytes: Buffer.concat(chunks), cut: true }
    }
  } catch (error) {
    if (!cut) throw error
  }
  return { bytes: Buffer.concat(chunks), cut }
}

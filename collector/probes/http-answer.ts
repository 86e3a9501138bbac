import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { foldText } from '#core/fold.ts'
import { parseJsonPath, valueAt } from '#core/json-path.ts'
import { ProbeFault } from './fault.ts'
import { type ProbeRun } from './probe.ts'

type HttpTarget = Parameters<ProbeRun<'http'>>[0]

/** What is read of a body, packed and unpacked; the rest is cut off and the answer judged on what was read. */
export const BODY_MAX_BYTES = 1024 * 1024
const CHUNK = 16 * 1024
/** A zstd stream may ask for a window of 128 MiB; web servers use at most 8 MiB (RFC 9659). */
const ZSTD_WINDOW_LOG = 23

/** A body as far as it was read. */
export type Body = { bytes: Buffer; cut: boolean }

/** We ask for no encoding; servers that pack all the same are unpacked. */
const decoders: Record<string, () => Transform> = {
  gzip: () => createGunzip({ chunkSize: CHUNK }),
  'x-gzip': () => createGunzip({ chunkSize: CHUNK }),
  deflate: () => createInflate({ chunkSize: CHUNK }),
  br: () => createBrotliDecompress({ chunkSize: CHUNK }),
  zstd: () => createZstdDecompress({ chunkSize: CHUNK, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } })
}

/** Reads at most {@link BODY_MAX_BYTES}. Rejects with {@link ProbeFault} `http.truncated` or `http.encoding`. */
export function readBody(response: IncomingMessage): Promise<Body> {
  const encoding = String(response.headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase()
  const decoder = encoding === 'identity' || encoding === '' ? undefined : decoders[encoding]?.()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let unpacked = 0
    let packed = 0
    const finish = (cut: boolean) => {
      decoder?.destroy()
      if (cut) response.destroy()
      resolve({ bytes: Buffer.concat(chunks), cut })
    }
    const fail = (code: string, detail: string) => {
      decoder?.destroy()
      reject(new ProbeFault(code, detail))
    }
    const take = (chunk: Buffer) => {
      const room = BODY_MAX_BYTES - unpacked
      unpacked += chunk.length
      chunks.push(chunk.length > room ? chunk.subarray(0, Math.max(0, room)) : chunk)
      if (unpacked > BODY_MAX_BYTES) finish(true)
    }
    const truncated = () => fail('http.truncated', `${packed} B`)
    response.on('error', truncated)
    response.on('close', () => {
      if (!response.complete) truncated()
    })
    response.on('data', (chunk: Buffer) => {
      packed += chunk.length
      // A body may unpack to nothing for ever: its packed size is bounded as well.
      if (packed > BODY_MAX_BYTES && decoder !== undefined) return finish(true)
      if (decoder === undefined) take(chunk)
      else if (!decoder.destroyed) decoder.write(chunk)
    })
    response.on('end', () => {
      if (decoder === undefined) finish(false)
      else if (!decoder.destroyed) decoder.end()
    })
    decoder?.on('data', take)
    decoder?.on('end', () => finish(false))
    decoder?.on('error', () => fail('http.encoding', encoding.slice(0, 30)))
  })
}

/** Text in the charset that the answer names, UTF-8 otherwise. */
function textOf(bytes: Buffer, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType.slice(0, 500))?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // A charset nobody knows: most of the text is readable as UTF-8.
    return new TextDecoder().decode(bytes)
  }
}

/** What is wrong with a body; undefined when nothing is. */
export function judgeBody(
  target: HttpTarget,
  body: Body,
  contentType: string
): { code: string; detail: string } | undefined {
  const { keyword, notKeyword, jsonPath, jsonValue } = target
  if (keyword === '' && notKeyword === '' && jsonPath === '') return undefined
  const text = textOf(body.bytes, contentType)
  const cut = body.cut ? ` (${BODY_MAX_BYTES} B)` : ''
  if (keyword !== '' || notKeyword !== '') {
    const folded = foldText(text)
    // The error page first: it explains why the keyword is not there.
    if (notKeyword !== '' && folded.includes(foldText(notKeyword)))
      return { code: 'http.not_keyword', detail: notKeyword }
    if (keyword !== '' && !folded.includes(foldText(keyword)))
      return { code: 'http.keyword', detail: `${keyword}${cut}` }
  }
  return jsonPath === '' ? undefined : judgeJson(text, cut, jsonPath, jsonValue)
}

function judgeJson(text: string, cut: string, jsonPath: string, jsonValue: string) {
  const path = parseJsonPath(jsonPath)
  if (path === undefined) return { code: 'http.json_path', detail: jsonPath }
  let value: unknown
  try {
    value = valueAt(JSON.parse(text), path)
  } catch {
    return { code: 'http.not_json', detail: `${jsonPath}${cut}` }
  }
  if (value === undefined || value === null) return { code: 'http.json_missing', detail: jsonPath }
  // No value asked: being there is enough.
  if (jsonValue === '') return undefined
  const right = typeof value !== 'object' && String(value as string | number | boolean) === jsonValue
  return right ? undefined : { code: 'http.json', detail: `${jsonPath} ≠ ${jsonValue}` }
}

import { isUtf8 } from 'node:buffer'
import { request as startRequest, STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { checkUrl, type Reach } from '#core/destination.ts'
import { connectTcp, secure } from './connect.ts'
import { guarded, resolveDestination } from './destination.ts'
import { Cookies } from './cookies.ts'
import { asksForBody, judgeBody } from './http-answer.ts'
import { readBody, type Body } from './http-body.ts'
import { certificateSoon, upUnlessSlow, type AttemptContext, type ProbeRun } from './probe.ts'
import { ProbeFault } from './fault.ts'

/** Answers such as 103 before the real one; a server that goes on like that is not answering. */
const EARLY_ANSWERS_MAX = 20
/** All header lines of an answer together, bytes. */
const HEADERS_MAX_BYTES = 32 * 1024
const REDIRECTS_MAX = 5

const redirects = new Set([301, 302, 303, 307, 308])

/** How a page is asked. */
type Asked = { method: 'GET' | 'HEAD'; cookie: string | undefined }
type Answer = {
  status: number
  location: string
  cookies: string[]
  contentType: string
  body: Body
  certificateUntil: number | null
}

/**
 * Asks a web address as a visitor would: every redirect checked like the first address, cookies carried over redirects and
 * no further, no connection reused.
 */
export const http: ProbeRun<'http'> = async (target, context) => {
  let at = guarded(() => checkUrl(target.url, context.rule), false)
  let from: Reach | undefined
  let certificateUntil: number | null = null
  const cookies = new Cookies()
  // Without a body nothing of it could be judged; definitions that ask for both are refused since they are understood.
  const method = asksForBody(target) ? 'GET' : target.method
  const most = Math.min(target.redirects, REDIRECTS_MAX)
  for (let hop = 0; ; hop++) {
    const answer = await ask(
      at,
      { method, cookie: cookies.headerFor(at.url) },
      context,
      from,
      (reach) => (from ??= reach)
    )
    certificateUntil = earlier(certificateUntil, answer.certificateUntil)
    const fine = target.statuses.length === 0 ? answer.status >= 200 && answer.status < 300 : undefined
    const asExpected = fine ?? target.statuses.includes(answer.status)
    if (!asExpected && redirects.has(answer.status) && answer.location !== '' && target.redirects > 0) {
      if (hop >= most) throw new ProbeFault('http.redirects', `> ${most}`, { certificateUntil })
      const base = at.url
      cookies.take(base, answer.cookies, context.now())
      at = guarded(() => checkUrl(answer.location, context.rule, base), true)
      continue
    }
    const latencyMs = context.elapsed()
    const status = `HTTP ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trim()
    const wrong = asExpected
      ? judgeBody(target, answer.body, answer.contentType)
      : { code: 'http.status', detail: status }
    if (wrong !== undefined) return { outcome: 'down', ...wrong, latencyMs, certificateUntil }
    const attempt = upUnlessSlow(latencyMs, target.slowMs, status, certificateUntil)
    return certificateSoon(attempt, target.certificateDays, context.now())
  }
}

/** Headers come as bytes in Latin-1; addresses in them are UTF-8 when they are more than ASCII, as browsers read them. */
function asUtf8(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : text
}

const earlier = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))

/** One request over one connection of its own, which is gone afterwards. */
async function ask(
  { url, host, port }: { url: URL; host: string; port: number },
  asked: Asked,
  context: AttemptContext,
  from: Reach | undefined,
  reached: (reach: Reach) => void
): Promise<Answer> {
  const destination = await resolveDestination(host, port, context, from)
  reached(destination.reach)
  const plain = await connectTcp(destination, context.signal)
  try {
    let socket: Socket = plain
    let certificateUntil: number | null = null
    if (url.protocol === 'https:') {
      const secured = await secure(plain, destination, host, context, ['http/1.1'])
      socket = secured.socket
      certificateUntil = secured.until
    }
    try {
      const { response, body } = await exchange(socket, url, asked)
      return {
        status: response.statusCode ?? 0,
        location: asUtf8(response.headers.location ?? ''),
        cookies: response.headers['set-cookie'] ?? [],
        contentType: response.headers['content-type'] ?? '',
        body,
        certificateUntil
      }
    } catch (error) {
      throw error instanceof ProbeFault ? withCertificate(error, certificateUntil) : error
    } finally {
      socket.destroy()
    }
  } finally {
    plain.destroy()
  }
}

/** Sends one request over this socket and reads the answer. Rejects with {@link ProbeFault} (`http.*`). */
function exchange(
  socket: Socket,
  url: URL,
  { method, cookie }: Asked
): Promise<{ response: IncomingMessage; body: Body }> {
  return new Promise((resolve, reject) => {
    const request = startRequest({
      // Without an agent, which would open a connection of its own, to wherever.
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        'user-agent': 'vong-lau-probe',
        accept: '*/*',
        'accept-encoding': 'identity',
        'cache-control': 'no-cache',
        connection: 'close',
        ...(cookie !== undefined && { cookie })
      },
      maxHeaderSize: HEADERS_MAX_BYTES
    })
    let early = 0
    request.on('information', () => {
      if (++early > EARLY_ANSWERS_MAX) request.destroy(new ProbeFault('http.malformed', '1xx'))
    })
    // We never ask to switch protocols; an answer that does is none.
    request.on('upgrade', (_response, upgraded: Socket) => {
      upgraded.destroy()
      reject(new ProbeFault('http.malformed', '101'))
    })
    request.on('error', (error) => reject(httpFault(error)))
    const closed = () => reject(new ProbeFault('http.closed', ''))
    request.on('close', closed)
    request.on('response', (response) => {
      // From here on the body knows best: it may still be unpacked when the connection is gone.
      request.off('close', closed)
      readBody(response).then((body) => resolve({ response, body }), reject)
    })
    request.end()
  })
}

/** Whether a server that answered no HTTP/1 began with a frame of HTTP/2: SETTINGS or GOAWAY of the connection. */
function isHttp2(rawPacket: unknown): boolean {
  if (!Buffer.isBuffer(rawPacket) || rawPacket.length < 9) return false
  const [length, type, stream] = [rawPacket.readUIntBE(0, 3), rawPacket[3], rawPacket.readUInt32BE(5)]
  return (type === 4 || type === 7) && stream === 0 && length <= 16_384
}

function withCertificate(error: ProbeFault, certificateUntil: number | null): ProbeFault {
  if (certificateUntil === null) return error
  return new ProbeFault(error.code, error.detail, { whose: error.whose, certificateUntil, cause: error.cause })
}

function httpFault(error: NodeJS.ErrnoException): ProbeFault {
  if (error instanceof ProbeFault) return error
  const code = error.code ?? ''
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ProbeFault('http.headers', `> ${HEADERS_MAX_BYTES} B`, { cause: error })
  if (isHttp2((error as { rawPacket?: unknown }).rawPacket))
    return new ProbeFault('http.version', 'HTTP/2', { whose: 'ours', cause: error })
  if (code.startsWith('HPE_')) return new ProbeFault('http.malformed', code.slice(0, 60), { cause: error })
  if (code === 'ECONNRESET' || code === 'EPIPE') return new ProbeFault('http.closed', '', { cause: error })
  return new ProbeFault('http.failed', code.slice(0, 60), { cause: error })
}

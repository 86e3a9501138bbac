import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SocError } from '#core/errors.ts'
import { MAX_FILE_BYTES } from '#control/tasks/evidence.ts'

/** Runs `work` on a raw body; when it is refused the connection ends, so that nobody goes on sending what nobody reads. */
export async function reading<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (body: Readable, declared: { name: string; size: number }) => Promise<T>
): Promise<T> {
  try {
    const size = Number(request.headers['content-length'] ?? 0)
    if (size > MAX_FILE_BYTES)
      throw new SocError('file.too_large', 'a file has at most 10 MB', { status: 413, params: { maxMb: 10 } })
    const body = request.body as Readable | undefined
    if (body === undefined) throw new SocError('file.empty', 'there is no file', { status: 422 })
    return await work(body, { name: decoded(String(request.headers['x-file-name'])), size })
  } catch (error) {
    void reply.header('connection', 'close')
    throw error
  }
}

/** Browsers send the name percent-encoded, as a header holds no Vietnamese. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

import type { Answer } from './face.ts'
import type { FaultKind } from './faults.ts'

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Word of the page that a broken system answers with. */
export const ERROR_WORDS = 'Hệ thống đang gặp lỗi'

/**
 * What a stand-in answers: `/` a page with its name, `/health` a document about itself. With a fault: an error page
 * with 503, the right answer `slowByMs` later, or none at all.
 */
export function answerFor(about: {
  id: string
  name: string
  fault(): FaultKind | undefined
  words(): Record<string, unknown>
  slowByMs: number
}): Answer {
  return (request, response) => {
    const fault = about.fault()
    // The other end gives up when it will.
    if (fault === 'silence') return
    const send = () => {
      const document = request.url?.startsWith('/health') ?? false
      const status = fault === 'errors' ? 503 : 200
      if (document) {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        const state = status === 200 ? 'UP' : 'DOWN'
        response.end(
          JSON.stringify({ system: about.id, name: about.name, status: state, simulated: true, ...about.words() })
        )
        return
      }
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
      const words = status === 200 ? 'Hệ thống mô phỏng' : ERROR_WORDS
      const name = escape(about.name)
      response.end(`<!doctype html><html lang="vi"><title>${name}</title><h1>${name}</h1><p>${words}</p></html>\n`)
    }
    if (fault !== 'slow') return send()
    const timer = setTimeout(send, about.slowByMs)
    response.on('close', () => clearTimeout(timer))
  }
}

import { createServer as createHttp } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'

/** Where the stand-ins listen; sent to the parent process once. */
export type TargetPorts = { http: number; tcp: number }

const page = `<!doctype html><title>Cổng dịch vụ công</title>${'<p>Thủ tục hành chính</p>'.repeat(400)}`

/*
 * Run as a process of its own, so that its work is not counted as ours: a page of about 10 KiB, a small JSON answer, an
 * error, and a port that takes connections. Ends when its parent does.
 */
const web = createHttp((request, response) => {
  if (request.url === '/health') {
    response.setHeader('content-type', 'application/json')
    return void response.end('{"status":"UP","parts":[{"name":"database","ok":true}]}')
  }
  response.statusCode = request.url === '/broken' ? 503 : 200
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(page)
})
const port = createTcp((socket) => {
  socket.on('error', () => socket.destroy())
  socket.resume()
})
const listen = (server: Server) =>
  new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

process.send?.({ http: await listen(web), tcp: await listen(port) } satisfies TargetPorts)
process.on('disconnect', () => process.exit(0))

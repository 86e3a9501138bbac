import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export type FakeRequest = { method: string; path: string; body: string }
export type FakeAnswer = { status: number; body: unknown }

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const whole = Buffer.concat(parts)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString()
}

/** A server that gives the answers that a healthy one cannot be made to give. What `answer` leaves out succeeds. */
export async function startFakeServer(answer: (request: FakeRequest) => FakeAnswer | undefined) {
  const requests: FakeRequest[] = []
  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const request = { method: incoming.method ?? '', path: (incoming.url ?? '').split('?')[0]!, body }
      requests.push(request)
      const { status, body: said } = answer(request) ?? { status: 200, body: { acknowledged: true } }
      outgoing.writeHead(status, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify(said))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

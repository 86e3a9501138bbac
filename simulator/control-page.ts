import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, SocError } from '#core/errors.ts'
import { obey } from './commands.ts'
import { faultKinds } from './faults.ts'
import type { Simulator } from './simulator.ts'

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

function page(simulator: Simulator): string {
  const rows = simulator.standIns.map(({ system, name, face, port }) => {
    const fault = simulator.fault(system)
    const button = (path: string, word: string) =>
      `<form method="post" action="/${path}"><button>${escape(word)}</button></form>`
    const acts =
      fault === undefined
        ? faultKinds
            .filter((kind) => kind !== 'wrong_certificate' || face === 'secure')
            .map((kind) => button(`break/${system}/${kind}`, kind))
            .join('')
        : button(`mend/${system}`, 'mend')
    const where = port === null ? face : `${face} :${port}`
    return `<tr><td>${escape(name)}<br><code>${escape(system)}</code> ${where}</td><td>${fault ?? 'up'}</td><td>${acts}</td></tr>`
  })
  return `<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Hệ thống mô phỏng / Simulated systems</title>
<style>body{font:15px system-ui;color-scheme:light dark}form{display:inline}td{padding:4px 8px;border-top:1px solid gray}</style>
<h1>Hệ thống mô phỏng <small lang="en">Simulated systems</small></h1><table>${rows.join('\n')}</table></html>\n`
}

/**
 * True when a request comes from this machine by a name of loopback and, sent by a browser, from this page: another
 * site that is open in the browser, or a name that suddenly points here, breaks nothing.
 */
function isOwn(request: IncomingMessage, port: number): boolean {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`]
  const origin = request.headers.origin
  return (
    own.includes(request.headers.host ?? '') &&
    (origin === undefined || own.some((host) => origin === `http://${host}`))
  )
}

/**
 * The simulator's own page, on loopback only: `GET /` for people, `GET /state` for programs, `POST /break/SYSTEM/KIND`,
 * `POST /mend/SYSTEM` and `POST /mend`. A browser that posts is led back to the page.
 */
export async function openControlPage(
  simulator: Simulator,
  port: number
): Promise<{ url: string; close(): Promise<void> }> {
  let chosen = port
  const server = createServer(async (request, response) => {
    const answer = (status: number, type: string, body: string, more: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', ...more })
      response.end(body)
    }
    if (!isOwn(request, chosen)) return answer(403, 'text/plain', 'loopback only\n')
    const path = (request.url ?? '/').split('?')[0]!
    if (request.method === 'GET' && path === '/') return answer(200, 'text/html', page(simulator))
    if (request.method === 'GET' && path === '/state')
      return answer(
        200,
        'application/json',
        JSON.stringify({ broken: simulator.broken(), standIns: simulator.standIns })
      )
    if (request.method !== 'POST' || !/^\/(break|mend)(\/[a-z0-9_-]{1,60}){0,2}$/.test(path))
      return answer(404, 'text/plain', 'POST /break/SYSTEM/KIND or POST /mend[/SYSTEM]\n')
    try {
      const said = await obey(simulator, path.slice(1).replaceAll('/', ' '))
      if (request.headers.origin === undefined) return answer(200, 'text/plain', `${said}\n`)
      answer(303, 'text/plain', '', { location: '/' })
    } catch (error) {
      answer(error instanceof SocError ? 422 : 500, 'text/plain', `${messageOf(error)}\n`)
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  chosen = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${chosen}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    }
  }
}

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { SocProcess } from '#testing/running-process.ts'

/** What an attacker has in hand: an address of its own, the token of one unit, and the session of one person. */
export type Attacker = { soc: SocProcess; address: string; token: string; cookie: string }

/** One attack: begun, kept up for a while, then let go. */
export type Act = {
  name: string
  seconds: number
  begin(attacker: Attacker): Promise<() => Promise<void>>
}

const MEBIBYTE = 1024 * 1024

/** Every act of the drill, in the order they are played. A new one is a row here. */
export const acts: Act[] = [
  {
    name: '1,100 connections to the console with half a header',
    seconds: 15,
    begin: ({ soc, address }) =>
      crowd(1_100, Number(new URL(soc.url).port), address, 'GET / HTTP/1.1\r\nHost: drill\r\nX-')
  },
  {
    name: '3 bodies of 100 MiB that stop in the middle',
    seconds: 20,
    async begin({ soc, address, token }) {
      const body = Buffer.alloc(29 * MEBIBYTE, 'x')
      const head = `POST /v1/events HTTP/1.1\r\nHost: drill\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${100 * MEBIBYTE}\r\n\r\n`
      const sockets: Socket[] = []
      for (let more = 0; more < 3; more++) {
        const socket = await dial(soc.port('http'), address)
        if (socket === undefined) continue
        socket.write(head)
        socket.write(body)
        sockets.push(socket)
      }
      return async () => sockets.forEach((socket) => socket.destroy())
    }
  },
  {
    name: '2,200 idle connections to syslog over TCP',
    seconds: 15,
    begin: ({ soc, address }) => crowd(2_200, soc.port('syslog-tcp'), address, '')
  },
  {
    name: '2,000 live handshakes of one session that nobody joins',
    seconds: 10,
    async begin({ soc, cookie, address }) {
      for (let round = 0; round < 100; round++) {
        await Promise.all(Array.from({ length: 20 }, () => handshake(soc.url, cookie, address)))
      }
      return async () => undefined
    }
  },
  {
    name: '400,000 lines of one sender',
    seconds: 20,
    async begin({ soc, token }) {
      const line = (n: number) => `<38>Nov 23 07:30:52 drill-host app[1]: flood ${n}\n`
      for (let part = 0; part < 2; part++) {
        const lines = Array.from({ length: 200_000 }, (_, n) => line(part * 200_000 + n)).join('')
        const response = await fetch(`http://127.0.0.1:${soc.port('http')}/v1/events`, {
          method: 'POST',
          headers: {
            ...{ authorization: `Bearer ${token}`, 'content-type': 'text/plain', 'content-encoding': 'gzip' }
          },
          body: gzipSync(lines)
        })
        await response.text()
      }
      return async () => undefined
    }
  }
]

async function dial(port: number, localAddress: string): Promise<Socket | undefined> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.on('error', () => undefined)
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  return socket.destroyed ? undefined : socket
}

/** So many connections that say the same beginning; whichever is closed stays closed. */
async function crowd(count: number, port: number, address: string, says: string): Promise<() => Promise<void>> {
  const sockets: Socket[] = []
  for (let more = 0; more < count; more++) {
    const socket = await dial(port, address)
    if (socket === undefined) continue
    if (says !== '') socket.write(says)
    sockets.push(socket)
  }
  return async () => sockets.forEach((socket) => socket.destroy())
}

function handshake(url: string, cookie: string, localAddress: string): Promise<void> {
  return new Promise((resolve) => {
    const asked = request(new URL('/live/?EIO=4&transport=polling', url), {
      headers: { cookie },
      localAddress,
      agent: false
    })
    asked.on('response', (response) => response.resume().once('close', resolve))
    asked.on('error', () => resolve())
    asked.end()
  })
}

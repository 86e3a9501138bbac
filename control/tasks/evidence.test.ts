import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LinkTask, TaskDetail } from '#core/api/tasks.ts'
import { FOREIGN, OWN } from '#testing/console.ts'
import { MAX_FILE_BYTES } from './evidence.ts'
import { keptName, kindOf, shownName } from './file-kind.ts'
import { phone, taskTest, type TaskTest } from '#testing/tasks.ts'

let folder: string
let t: TaskTest
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vong-lau-evidence-'))
  t = taskTest({ SOC_DATA: folder, SOC_DISK_RESERVE_MB: '1' })
})
afterEach(async () => {
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 7)])
const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(50)])
const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(40)])
const webp = Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 ........')
const storedFiles = () => {
  try {
    return readdirSync(join(folder, 'evidence'))
  } catch {
    return []
  }
}
const nonceOf = (answer: { json(): unknown }) => (answer.json() as LinkTask).nonce ?? ''

async function unit() {
  await t.ask()
  const own = phone(t)
  return { ...own, nonce: nonceOf(await own.open()) }
}

describe('a file', () => {
  it('of a photo is kept under a random name, with its hash, and given out only as a download', async () => {
    const own = await unit()
    const answer = await own.send(own.nonce, '../../Ảnh màn hình.html', jpeg)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ files: 1, state: 'sent' })
    const [name] = storedFiles()
    expect(name).toMatch(/^[\w-]{22}$/)
    expect(readFileSync(join(folder, 'evidence', name!))).toEqual(jpeg)
    const { files } = (await t.app.inject({ url: '/api/tasks/NV-0001', headers: t.analyst.headers })).json<TaskDetail>()
    expect(files).toMatchObject([{ name: 'Ảnh màn hình.html.jpg', kind: 'jpeg', size: jpeg.length, by: 'Đầu mối một' }])
    const url = `/api/tasks/NV-0001/files/${files[0]!.id}`
    const download = await t.app.inject({ url, headers: t.analyst.headers })
    expect(download.rawPayload).toEqual(jpeg)
    expect(download.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': expect.stringMatching(/^attachment; filename="[\w. -]+"; filename\*=UTF-8''%E1%BA%A2nh/)
    })
    expect((await t.app.inject({ url, headers: t.person('owner', [OWN]).headers })).statusCode).toBe(403)
    expect((await t.app.inject({ url, headers: t.person('analyst', [FOREIGN]).headers })).statusCode).toBe(404)
    expect((await t.app.inject({ url })).statusCode).toBe(401)
  })

  it('sent twice with one nonce is kept once', async () => {
    const own = await unit()
    await own.send(own.nonce, 'a.jpg', jpeg)
    expect((await own.send(own.nonce, 'a.jpg', jpeg)).json()).toMatchObject({ files: 1 })
    expect((await own.send(own.nonce, 'b.jpg', png)).json()).toMatchObject({ code: 'task_link.nonce_used' })
    expect(storedFiles()).toHaveLength(1)
  })

  it.each([
    ['a page', 'anh.jpg', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a page after blanks', 'a.txt', Buffer.from('\uFEFF \n\t<html><body onload=alert(1)>')],
    ['a page behind words', 'a.log', Buffer.from('nhật ký <script>alert(1)</script>')],
    ['a drawing', 'a.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['a drawing after a declaration', 'a.png', Buffer.from('<?xml version="1.0"?><svg/>')],
    ['a shell script', 'a.txt', Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['a zip bomb', 'anh.jpg', Buffer.from(zipSync({ 'a.txt': strToU8('0'.repeat(2_000_000)) }, { level: 9 }))],
    ['gzip', 'a.log', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])],
    ['a program', 'a.txt', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)])],
    ['nothing', 'a.txt', Buffer.alloc(0)],
    ['text that turns into a program', 'a.txt', Buffer.concat([Buffer.alloc(9000, 65), Buffer.alloc(10)])],
    ['text in no known letters', 'a.txt', Buffer.concat([Buffer.alloc(9000, 65), Buffer.from([0xc3])])]
  ])('that is %s is refused, whatever its name, and leaves nothing', async (_what, name, body) => {
    const own = await unit()
    const answer = await own.send(own.nonce, name, body)
    expect([415, 422]).toContain(answer.statusCode)
    expect(storedFiles()).toEqual([])
    // The nonce is not used up: the unit may send something else with it.
    expect((await own.send(own.nonce, 'a.jpg', jpeg)).statusCode).toBe(200)
  })

  it('over 10 MB is refused by what it says, and ten are enough', async () => {
    const own = await unit()
    const tooLarge = await own.send(own.nonce, 'a.jpg', Buffer.concat([jpeg, Buffer.alloc(MAX_FILE_BYTES)]))
    expect(tooLarge.json()).toMatchObject({ code: 'file.too_large' })
    let { nonce } = own
    for (let n = 0; n < 10; n++) nonce = nonceOf(await own.send(nonce, `${n}.jpg`, jpeg))
    expect((await own.send(nonce, '11.jpg', jpeg)).json()).toMatchObject({ code: 'task.too_many_files' })
    expect(storedFiles()).toHaveLength(10)
  })

  it('of a gigabyte that does not say so is cut off at the limit', async () => {
    const own = await unit()
    await t.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = t.app.server.address() as AddressInfo
    let sent = 0
    const status = await new Promise<number>((resolve) => {
      const upload = request({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: `/api/task-links/${t.token()}/files`,
        headers: {
          ...own.headers(),
          'content-type': 'application/octet-stream',
          'x-task-nonce': own.nonce,
          'x-file-name': 'a.jpg'
        }
      })
      upload.on('response', (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
        upload.destroy()
      })
      upload.on('error', () => resolve(0))
      const piece = Buffer.concat([jpeg, Buffer.alloc(256 * 1024)])
      const more = () => {
        while (sent < 1024 ** 3 && !upload.destroyed) {
          sent += piece.length
          if (!upload.write(piece)) return void upload.once('drain', more)
        }
      }
      more()
    })
    // A connection that is closed under a sender may swallow the answer; it never takes the gigabyte.
    expect([0, 413]).toContain(status)
    expect(sent).toBeLessThan(64 * 1024 * 1024)
    expect(storedFiles()).toEqual([])
  })

  describe('that is still on its way', () => {
    type Phone = Awaited<ReturnType<typeof unit>>
    /** Begins an upload; `end` sends the rest and resolves to the status. */
    async function begin(own: Phone, nonce: string) {
      const { port } = t.app.server.address() as AddressInfo
      const headers = { 'content-type': 'text/plain', 'x-task-nonce': nonce, 'x-file-name': 'a.txt' }
      const path = `/api/task-links/${t.token()}/files`
      const upload = request({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path,
        headers: { ...own.headers(), ...headers }
      })
      const status = new Promise<number>((resolve, reject) => {
        upload.on('response', (response) => {
          response.resume()
          response.on('end', () => resolve(response.statusCode ?? 0))
        })
        upload.on('error', reject)
      })
      const before = storedFiles().length
      upload.write('nhật ký của máy một cửa')
      await vi.waitFor(() => expect(storedFiles().length).toBeGreaterThan(before))
      return { status, end: () => (upload.end('.'), status) }
    }

    it('is not kept when its link was revoked meanwhile', async () => {
      const own = await unit()
      await t.app.listen({ host: '127.0.0.1', port: 0 })
      const upload = await begin(own, own.nonce)
      t.parts.tasks.act('NV-0001', { kind: 'revoke' }, t.asking)
      expect(await upload.end()).toBe(404)
      expect(storedFiles()).toEqual([])
    })

    it('is not kept when another device answered meanwhile', async () => {
      const own = await unit()
      await t.app.listen({ host: '127.0.0.1', port: 0 })
      const upload = await begin(own, own.nonce)
      const secondPhone = phone(t)
      expect((await secondPhone.say(nonceOf(await secondPhone.open()), 'doing')).statusCode).toBe(200)
      expect(await upload.end()).toBe(403)
      expect(storedFiles()).toEqual([])
    })

    it('leaves room for other units: of one task two are read at a time', async () => {
      const own = await unit()
      await t.app.listen({ host: '127.0.0.1', port: 0 })
      const first = await begin(own, own.nonce)
      const second = await begin(own, nonceOf(await own.open()))
      expect((await own.send(nonceOf(await own.open()), 'c.jpg', jpeg)).statusCode).toBe(503)
      expect([await first.end(), await second.end()]).toEqual([200, 200])
      expect((await own.send(nonceOf(await own.open()), 'c.jpg', jpeg)).statusCode).toBe(200)
    })
  })

  it('is refused while the disk is at its reserve', async () => {
    await t.close()
    t = taskTest({ SOC_DATA: folder, SOC_DISK_RESERVE_MB: '1048576' })
    const own = await unit()
    const answer = await own.send(own.nonce, 'a.jpg', jpeg)
    expect([answer.statusCode, answer.json()]).toEqual([503, { code: 'disk.full', params: {} }])
  })

  it('needs a link of its device before a byte is read', async () => {
    await unit()
    expect((await phone(t).send('x', 'a.jpg', jpeg)).json()).toMatchObject({ code: 'task_link.no_cookie' })
    expect((await phone(t).send('x', 'a.jpg', jpeg, 'D'.repeat(43))).statusCode).toBe(404)
  })

  it('from an account goes the same way', async () => {
    await t.ask()
    const send = (units: string[]) =>
      t.app.inject({
        method: 'POST',
        url: '/api/tasks/NV-0001/files',
        headers: { ...t.person('owner', units).headers, 'x-file-name': 'a.log', 'content-type': 'text/plain' },
        payload: 'Nhật ký của máy một cửa\n'
      })
    expect((await send([OWN])).json()).toMatchObject({ files: [{ name: 'a.log', kind: 'text' }], links: [] })
    expect((await send([FOREIGN])).statusCode).toBe(404)
  })

  it('left between folder and books by a crash is swept, what is in the books stays', async () => {
    const own = await unit()
    const second = nonceOf(await own.send(own.nonce, 'a.jpg', jpeg))
    const [known] = storedFiles()
    mkdirSync(join(folder, 'evidence'), { recursive: true })
    writeFileSync(join(folder, 'evidence', '.incoming-x'), 'half')
    writeFileSync(join(folder, 'evidence', 'orphan'), 'whole')
    await own.send(second, 'b.jpg', png)
    // The sweep is the first thing a new process does with the folder.
    expect(storedFiles()).toContain('orphan')
    const { createEvidence } = await import('./evidence.ts')
    const anew = createEvidence({ control: t.parts.control, folder, reserveBytes: 0 })
    const { Readable } = await import('node:stream')
    const added = await anew.take(Readable.from([jpeg]), { name: 'c.jpg', size: jpeg.length, task: 'NV-0001' })
    expect(storedFiles().sort()).toEqual([...new Set([known!, added.id, ...storedFiles()])].sort())
    expect(storedFiles()).not.toContain('orphan')
    expect(storedFiles()).not.toContain('.incoming-x')
  })
})

it('kinds are told by content', () => {
  expect([jpeg, png, heic, webp, Buffer.from('%PDF-1.7\n'), Buffer.from('Xin chào\r\n')].map(kindOf)).toEqual([
    'jpeg',
    'png',
    'heic',
    'webp',
    'pdf',
    'text'
  ])
})

it('no bytes make the look at them fail, and nothing that starts like markup is text', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => void kindOf(bytes)))
  fc.assert(
    fc.property(fc.constantFrom('<', ' <', '\n<', '#!'), fc.string(), (start, rest) => {
      expect(kindOf(Buffer.from(start + rest))).toBeUndefined()
    })
  )
})

it('a shown name is never a path and hides nothing', () => {
  expect(shownName('/etc/passwd')).toBe('passwd')
  expect(shownName('..\\..\\x.exe')).toBe('x.exe')
  expect(shownName('anh\u202egpj.exe\u0000')).toBe('anhgpj.exe')
  expect(shownName('')).toBe('tep')
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(shownName(name)).toMatch(/^[^/\\\u0000-\u001f]{1,120}$/u)
    })
  )
})

it.each([
  ['poly.png.html', 'png', 'poly.png.html.png'],
  ['a.JPEG', 'jpeg', 'a.JPEG'],
  ['ảnh', 'heic', 'ảnh.heic'],
  ['a.png. ', 'png', 'a.png'],
  ['run.bat', 'text', 'run.bat.txt'],
  ['may-chu.log', 'text', 'may-chu.log'],
  ['.html', 'pdf', '.html.pdf'],
  ['', 'webp', 'tep.webp'],
  [`${'x'.repeat(200)}.exe`, 'pdf', `${'x'.repeat(116)}.pdf`]
] as const)('keeps %j of kind %s as %j', (name, kind, kept) => {
  expect(keptName(name, kind)).toBe(kept)
})

import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, rmSync, type ReadStream } from 'node:fs'
import { open, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { EvidenceKind } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'
import type { Control } from '#control/database/control.ts'
import { createTextCheck, HEAD_BYTES, kindOf, keptName } from './file-kind.ts'

/** Largest file that is taken, and how many are read at the same time; further ones are told to come again. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024
const MAX_READING = 6
/** Of these for one task: whoever sends slowly with one link does not keep the other units from sending. */
const MAX_READING_EACH = 2
const INCOMING = '.incoming-'

/** A file that lies in the folder, not yet in the books. */
export type StoredEvidence = { id: string; name: string; kind: EvidenceKind; size: number; sha256: string }

/** The folder of what units send: random names, nothing executable, nothing unpacked, nothing shown in a page. */
export type Evidence = {
  /**
   * Reads a body into the folder. Stops at the limit and at the first byte that tells it is nothing we take; throws 413
   * `file.too_large`, 415 `file.kind`, 503 `disk.full` or `file.busy`. Nothing is left behind then.
   */
  take(body: Readable, declared: { name: string; size: number; task: string }): Promise<StoredEvidence>
  /** Removes a file that did not make it into the books, or whose task is gone. */
  discard(id: string): Promise<void>
  read(id: string): ReadStream
}

export function createEvidence(parts: { control: Control; folder: string; reserveBytes: number }): Evidence {
  const folder = join(parts.folder, 'evidence')
  let swept = false
  /** Task of each file that is being read now. */
  const reading: string[] = []

  /** Once, before the first file: what a crash left between folder and books goes. */
  function prepare() {
    if (swept) return
    swept = true
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const named = parts.control.sql('SELECT 1 FROM task_files WHERE id = ?')
    for (const name of readdirSync(folder))
      if (named.get(name) === undefined) rmSync(join(folder, name), { force: true })
  }

  async function checkDisk() {
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize - MAX_FILE_BYTES < parts.reserveBytes)
      throw new SocError('disk.full', 'the disk has no room for evidence', { status: 503 })
  }

  return {
    async take(body, declared) {
      if (declared.size > MAX_FILE_BYTES) throw tooLarge()
      const own = reading.filter((task) => task === declared.task).length
      if (reading.length >= MAX_READING || own >= MAX_READING_EACH)
        throw new SocError('file.busy', 'too many files at once', { status: 503 })
      reading.push(declared.task)
      const id = randomId(16)
      try {
        prepare()
        await checkDisk()
        const incoming = join(folder, `${INCOMING}${id}`)
        try {
          const read = await readInto(incoming, body)
          await rename(incoming, join(folder, id))
          return { id, name: keptName(declared.name, read.kind), ...read }
        } catch (error) {
          await rm(incoming, { force: true })
          throw error
        }
      } finally {
        reading.splice(reading.indexOf(declared.task), 1)
      }
    },
    discard: (id) => rm(join(folder, id), { force: true }),
    read: (id) => createReadStream(join(folder, id))
  }
}

const tooLarge = () =>
  new SocError('file.too_large', 'a file has at most 10 MB', {
    status: 413,
    params: { maxMb: MAX_FILE_BYTES / 1024 / 1024 }
  })
const wrongKind = () => new SocError('file.kind', 'only photos, PDF and plain text are taken', { status: 415 })

/** Writes a body to a new file while looking at it; never holds more than one chunk and the head in memory. */
async function readInto(path: string, body: Readable): Promise<Pick<StoredEvidence, 'kind' | 'size' | 'sha256'>> {
  const file = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    const isText = createTextCheck()
    let head = Buffer.alloc(0)
    let kind: EvidenceKind | undefined
    let size = 0
    let text = true
    // The connection must live long enough to hear why a file is refused.
    for await (const piece of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > MAX_FILE_BYTES) throw tooLarge()
      if (head.length < HEAD_BYTES) {
        head = Buffer.concat([head, piece]).subarray(0, HEAD_BYTES)
        // The head may still grow: a picture is known by its first bytes, a text must stay one.
        if (head.length >= 16) kind = kindOf(head)
        if (head.length >= 16 && kind === undefined) throw wrongKind()
      }
      text &&= isText(piece)
      if (kind === 'text' && !text) throw wrongKind()
      hash.update(piece)
      await file.write(piece)
    }
    kind ??= kindOf(head)
    if (kind === undefined || (kind === 'text' && !(text && isText(new Uint8Array(), true)))) throw wrongKind()
    await file.sync()
    return { kind, size, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

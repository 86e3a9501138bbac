import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { SocError } from '#core/errors.ts'

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

export type FileKind = 'pdf' | 'docx'

/** Files of reports under their own hash: one that was changed shows by its name. */
export type FileArchive = {
  /** Writes, flushes, then names: a file that is there is whole. Returns the hash. */
  put(kind: FileKind, bytes: Uint8Array): string
  /** Throws 404 `report.file_gone` when it is not there and 500 `report.file_changed` when it is not what was archived. */
  get(kind: FileKind, hash: string): Uint8Array
  check(kind: FileKind, hash: string): 'whole' | 'changed' | 'gone'
  remove(kind: FileKind, hash: string): void
}

export function openArchive(folder: string): FileArchive {
  const pathOf = (kind: FileKind, hash: string) => join(folder, `${hash}.${kind}`)
  function check(kind: FileKind, hash: string) {
    if (!existsSync(pathOf(kind, hash))) return 'gone'
    return sha256(readFileSync(pathOf(kind, hash))) === hash ? 'whole' : 'changed'
  }
  return {
    put(kind, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const hash = sha256(bytes)
      if (check(kind, hash) === 'whole') return hash
      // Named after what it will be: one that a crash left is written over by the next try. Reports are made one at a time.
      const partial = `${pathOf(kind, hash)}.part`
      const file = openSync(partial, 'w', 0o600)
      try {
        writeFileSync(file, bytes)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(partial, pathOf(kind, hash))
      flushFolder(folder)
      return hash
    },
    get(kind, hash) {
      const state = check(kind, hash)
      if (state === 'gone') throw new SocError('report.file_gone', 'the file is not in the archive', { status: 404 })
      if (state === 'changed') {
        throw new SocError('report.file_changed', 'the archived file was changed since', { status: 500 })
      }
      return new Uint8Array(readFileSync(pathOf(kind, hash)))
    },
    check,
    remove: (kind, hash) => rmSync(pathOf(kind, hash), { force: true })
  }
}

/** A new name outlives a loss of power only when its folder was flushed too. */
function flushFolder(folder: string) {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

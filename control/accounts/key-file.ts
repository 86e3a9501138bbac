import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SocError } from '#core/errors.ts'
import { randomId } from '#core/ids.ts'

const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/** Secrets at rest: sealed and read with a key that lies beside the database, not in it. */
export type KeyFile = {
  /** AES-256-GCM, base64url. `context` (whose secret it is) must be the same when it is opened. */
  seal(text: string, context: string): string
  /** Throws `keys.unreadable` when the key or the context is another one, or the text was changed. */
  open(sealed: string, context: string): string
  /** HMAC-SHA-256 as hex: for short codes, which a plain hash would not hide. */
  stamp(text: string): string
}

/**
 * The key of accounts in `<data folder>/keys/accounts.key` (32 random bytes, 0600), made at the first need and read once.
 * Losing it means that second factors are set up anew; a copy of the database alone reveals none of them.
 */
export function createKeyFile(dataFolder: string): KeyFile {
  let known: Buffer | undefined
  const key = () => (known ??= readOrMake(join(dataFolder, 'keys')))
  return {
    seal(text, context) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key(), iv).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed, context) {
      try {
        const bytes = Buffer.from(sealed, 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', key(), bytes.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES
        })
        decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8')
      } catch (error) {
        throw new SocError('keys.unreadable', 'a sealed secret cannot be opened with the key in the data folder', {
          cause: error
        })
      }
    },
    stamp: (text) => createHmac('sha256', key()).update(text).digest('hex')
  }
}

function readOrMake(folder: string): Buffer {
  const path = join(folder, 'accounts.key')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    return wholeKey(readFileSync(path), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  // Written whole under another name, then linked: a crash or a second process never leaves or takes half a key.
  const draft = join(folder, `accounts.${randomId()}.tmp`)
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, randomBytes(KEY_BYTES))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
  return wholeKey(readFileSync(path), path)
}

function wholeKey(bytes: Buffer, path: string): Buffer {
  if (bytes.length !== KEY_BYTES) throw new SocError('keys.unreadable', `${path} is not a key of ${KEY_BYTES} bytes`)
  return bytes
}

import { createHash, randomBytes } from 'node:crypto'

/** A short stable hash: `length` characters of base64url SHA-256. Parts are separated by NUL so that they cannot run together. */
export function stableHash(parts: readonly string[], length = 22): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, length)
}

/** A random id of `bytes` bytes as base64url. */
export function randomId(bytes = 12): string {
  return randomBytes(bytes).toString('base64url')
}

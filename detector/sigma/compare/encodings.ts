/** UTF-16 forms of the modifiers wide/utf16le, utf16be and utf16 (little endian with a byte order mark). */
export const utf16Forms = {
  utf16le: (bytes: Buffer) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  utf16be: (bytes: Buffer) => Buffer.from(bytes.toString('utf8'), 'utf16le').swap16(),
  utf16: (bytes: Buffer) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString('utf8'), 'utf16le')])
} as const

/**
 * The three texts one of which stands in any base64 that encodes data with these bytes in it, one for each place the
 * bytes can have in the groups of three; the characters that depend on the neighbours are cut off.
 */
export function base64Offsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset, ' '), bytes]).toString('base64')
    const start = [0, 2, 3][offset]!
    const cut = [0, 3, 2][(bytes.length + offset) % 3]!
    return encoded.slice(start, encoded.length - cut)
  })
}

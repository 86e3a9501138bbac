/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected polynomial; eight tables so that eight bytes go per step. */
const POLYNOMIAL = 0x82f63b78

const tables: Uint32Array[] = []
for (let slice = 0; slice < 8; slice++) {
  const table = new Uint32Array(256)
  for (let index = 0; index < 256; index++) {
    let value = slice === 0 ? index : tables[slice - 1]![index]!
    if (slice === 0) for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    else value = (value >>> 8) ^ tables[0]![value & 0xff]!
    table[index] = value
  }
  tables.push(table)
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array
]

/** CRC-32C of `bytes[from, to)`; `seed` is the CRC of what comes before, 0 for nothing. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length, seed = 0): number {
  let crc = ~seed
  let at = from
  for (const last = to - 8; at <= last; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      t7[crc & 0xff]! ^
      t6[(crc >>> 8) & 0xff]! ^
      t5[(crc >>> 16) & 0xff]! ^
      t4[crc >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}

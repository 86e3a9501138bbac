import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Unpacks a data folder whose files lie gzipped one by one under `packed` into `folder`. */
export function unpackDataFolder(packed: string, folder: string): void {
  for (const entry of readdirSync(packed, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.gz')) continue
    const path = join(entry.parentPath, entry.name)
    const file = join(folder, relative(packed, path).slice(0, -'.gz'.length))
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, gunzipSync(readFileSync(path)), { mode: 0o600 })
  }
}

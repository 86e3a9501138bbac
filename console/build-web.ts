import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const built = join(root, 'dist-web/index.html')

/** Folder of the built console. */
export const webRoot = join(root, 'dist-web')

/** Newest change below a folder, milliseconds. */
function newest(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** Builds the console when it is missing or older than its sources. Without the build tools (an image) what is there is served. */
export async function ensureWeb(log: (message: string) => void): Promise<void> {
  const sources = ['console/web', 'core', 'package-lock.json', 'vite.config.ts'].map((path) => join(root, path))
  const present = sources.filter((path) => existsSync(path))
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...present.map(newest))) return
  if (!existsSync(join(root, 'console/web')) || !existsSync(join(root, 'node_modules/vite'))) return
  log('building the console …')
  // In a process of its own: the bundler's memory (hundreds of MB) would stay with the server until it ends.
  const child = spawn(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: root,
    // Standard output is the command's own: data for whoever reads it.
    stdio: ['ignore', 2, 2]
  })
  const ended = Promise.race([
    once(child, 'exit'),
    once(child, 'error').then(([error]) => Promise.reject(error as Error))
  ])
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error('the console could not be built; see the lines above')
}

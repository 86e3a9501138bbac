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
  const { build } = await import('vite')
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' })
}

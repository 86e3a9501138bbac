import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SocError } from '#core/errors.ts'

const benchFolder = join(import.meta.dirname, '../bench')

/** Loads benchmarks or drills, which the container image leaves out. Throws `cli.image` where their folder is missing. */
export async function fromCheckout<T>(load: () => Promise<T>, folder = benchFolder): Promise<T> {
  if (!existsSync(folder))
    throw new SocError(
      'cli.image',
      'benchmarks and drills are not in the image: run them in a checkout of the repository'
    )
  return load()
}

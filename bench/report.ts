import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** One measured figure; `target` is what we set out to reach, as shown beside it. */
export type Figure = { name: string; value: number; unit: string; target?: string; reached?: boolean }

/** A benchmark: prints nothing itself but progress to stderr, returns its figures. */
export type Benchmark = {
  about: string
  help: string
  run(args: string[], progress: (line: string) => void): Promise<Figure[]>
}

/** Commit of the checkout, `-dirty` when it differs; `unknown` outside git. */
function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    }).trim()
  } catch {
    // Not a checkout (an image, a tarball).
    return 'unknown'
  }
}

/** A table for people, and as the last line one JSON object with every figure, the CPU model and the commit. */
export function printFigures(name: string, figures: Figure[]): void {
  const width = Math.max(...figures.map((figure) => figure.name.length))
  for (const figure of figures) {
    const value = figure.value.toLocaleString('en', { maximumFractionDigits: figure.value < 10 ? 3 : 1 })
    const verdict = figure.target === undefined ? '' : `   ${figure.reached ? 'reached' : 'MISSED '} ${figure.target}`
    process.stdout.write(`${figure.name.padEnd(width)}  ${value.padStart(12)} ${figure.unit}${verdict}\n`)
  }
  const byName = Object.fromEntries(figures.map((figure) => [figure.name, figure.value]))
  process.stdout.write(
    `${JSON.stringify({ bench: name, ...byName, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, commit: commit() })}\n`
  )
}

/** Value at a share of the sorted samples, nearest rank. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? NaN
}

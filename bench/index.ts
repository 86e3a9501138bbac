import type { Benchmark } from './report.ts'

/** Every benchmark and drill by name; each is one file. */
export const benchmarks: Record<string, () => Promise<Benchmark>> = {
  throughput: async () => (await import('./throughput.ts')).throughput,
  kill: async () => (await import('./kill.ts')).kill,
  sigma: async () => (await import('./sigma-conformance.ts')).sigmaConformance
}

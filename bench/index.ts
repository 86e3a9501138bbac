import type { Benchmark } from './report.ts'

/** Every benchmark and drill by name; each is one file. */
export const benchmarks: Record<string, () => Promise<Benchmark>> = {
  throughput: async () => (await import('./throughput.ts')).throughput,
  'wire-to-screen': async () => (await import('./wire-to-screen.ts')).wireToScreen,
  kill: async () => (await import('./kill.ts')).kill,
  rsyslog: async () => (await import('./rsyslog.ts')).rsyslog,
  install: async () => (await import('./install.ts')).install,
  probes: async () => (await import('./probes.ts')).probes,
  report: async () => (await import('./report-month.ts')).reportMonth,
  web: async () => (await import('./web.ts')).web,
  sigma: async () => (await import('./sigma-conformance.ts')).sigmaConformance,
  notifications: async () => (await import('./notifications.ts')).notifications
}

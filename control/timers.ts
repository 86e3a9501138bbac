import cron from 'node-cron'

/** Work that time alone makes due: by the clock of Asia/Ho_Chi_Minh (`cron`), or every so many milliseconds. */
export type Job = { name: string; run(): unknown } & ({ cron: string } | { everyMs: number })

/**
 * Starts every job of the table; returns what stops them. A run that fails is logged and the next one tries again; a run
 * that still lasts is not started a second time.
 */
export function startJobs(jobs: readonly Job[], log: { error(what: object, message: string): void }): () => void {
  const stops = jobs.map((job) => {
    let running = false
    const run = async () => {
      if (running) return
      running = true
      try {
        await job.run()
      } catch (error) {
        log.error({ err: error }, job.name)
      } finally {
        running = false
      }
    }
    if ('cron' in job) {
      const task = cron.schedule(job.cron, run, { timezone: 'Asia/Ho_Chi_Minh' })
      return () => void task.stop()
    }
    const timer = setInterval(() => void run(), job.everyMs)
    return () => clearInterval(timer)
  })
  return () => stops.forEach((stop) => stop())
}

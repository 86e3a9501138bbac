import cron from 'node-cron'
import { isStorageError } from '#core/storage-error.ts'
import type { Storage } from './database/storage.ts'

/** Work that time alone makes due: by the clock of Asia/Ho_Chi_Minh (`cron`), or every so many milliseconds. */
export type Job = {
  name: string
  run(): unknown
  /** Runs also while the database takes no writes. */
  always?: boolean
} & ({ cron: string } | { everyMs: number })

/**
 * Starts every job of the table; returns what stops them. A run that fails is logged and the next one tries again; a run
 * that still lasts is not started a second time. While `storage` takes no writes they skip their turns.
 */
export function startJobs(
  jobs: readonly Job[],
  log: { error(what: object, message: string): void },
  storage?: Pick<Storage, 'away'>
): () => void {
  const stops = jobs.map((job) => {
    let running = false
    const run = async () => {
      if (running || (storage?.away !== undefined && job.always !== true)) return
      running = true
      try {
        await job.run()
      } catch (error) {
        // Said once, by whoever watches the storage; this job goes on when there is room.
        if (!isStorageError(error)) log.error({ err: error }, job.name)
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

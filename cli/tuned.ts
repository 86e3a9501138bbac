/**
 * Memory settings of the long-running process. They must be there before Node starts: glibc gives every thread its own
 * arenas and keeps what they free, and V8's defaults let each of five heaps grow to several times what lives in it.
 * Together they were nearly half of the resident memory under load (850 → 450 MiB at 5,000 events/s).
 */
const environment = { MALLOC_ARENA_MAX: '2' }
/** And no door for a debugger: SIGUSR1 would open the inspector to every process of this user. */
const flags = [
  '--disable-sigusr1',
  '--max-semi-space-size=16',
  '--heap-growing-percent=60',
  '--disable-warning=ExperimentalWarning'
]

/** On Linux, replaces this process by itself with the memory settings, once; the process id stays. Elsewhere does nothing. */
export function becomeTuned(): void {
  if (process.platform !== 'linux' || process.execve === undefined || process.env['MALLOC_ARENA_MAX'] !== undefined)
    return
  const variables = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  )
  process.execve(process.execPath, [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)], {
    ...variables,
    ...environment
  })
}

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const CHECK_EVERY_MS = 500

/**
 * Resolves when this process was started by an npm script and npm, or a shell between, is gone. npm runs a script through a
 * shell and passes SIGINT and SIGTERM on to it alone. Our start script is `exec node …`: where the shell is a POSIX one, this
 * process takes its place and hears them itself. What is left are ends that nobody passes on: SIGHUP or SIGKILL to npm, and
 * on Windows (where exec.cmd stands for `exec` and cmd.exe stays between) every end of npm. This process would go on without
 * anybody, holding its ports; so it looks after its parents. Standard input is no sign of them: it may be closed, or
 * shared with others. Started in any other way (node, systemd, a container) nothing is watched and this never resolves;
 * nohup and `&` change nothing, since npm goes on there.
 */
export async function npmGone(environment = process.env): Promise<void> {
  const script = environment['npm_lifecycle_script']
  if (script?.includes('cli/index.ts') !== true) return new Promise(() => undefined)
  const parent = process.ppid
  const shell = await processAt(parent)
  // The command of a shell between holds the script; npm's own does not.
  const npm = shell?.command.includes(script) ? shell.parent : undefined
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent && isAlive(parent) && (npm === undefined || isAlive(npm))) return
      clearInterval(timer)
      resolve()
    }, CHECK_EVERY_MS)
    timer.unref()
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Parent and command line of a process; undefined where the system does not say. */
async function processAt(pid: number): Promise<{ parent: number; command: string } | undefined> {
  try {
    if (process.platform === 'linux') {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      return { parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }
    }
    const [program, args] =
      process.platform === 'win32'
        ? ['powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsQuestion(pid)]]
        : ['ps', ['-o', 'ppid=,args=', '-p', String(pid)]]
    const { stdout } = await promisify(execFile)(program!, args as string[], { windowsHide: true })
    const [, parent, command] = /^\s*(\d+)\s+(.*)$/s.exec(stdout) ?? []
    return parent === undefined ? undefined : { parent: Number(parent), command: command! }
  } catch {
    return undefined
  }
}

const windowsQuestion = (pid: number) =>
  `$p = Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}'; "$($p.ParentProcessId) $($p.CommandLine)"`

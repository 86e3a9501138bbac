import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SocError } from '#core/errors.ts'

const VERSION = '9.5.3'
const OLDEST_JAVA = 21
/** Elasticsearch refuses to run as root; "nobody" is enough for it. */
const NOBODY = 65_534
const START_TIMEOUT_MS = 120_000
const usualJavaFolders = ['/usr/lib/jvm', '/opt/java', '/Library/Java/JavaVirtualMachines', '/opt']

/** A running server of ours, on loopback, with an empty data folder. */
export type SearchServer = { url: string; pid: number; stop(): Promise<void>; kill(): Promise<void>; home: string }

/** Major version of a Java home, 0 when there is none. */
function javaMajor(home: string): number {
  try {
    const release = readFileSync(join(home, 'release'), 'utf8')
    return Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0)
  } catch {
    // No `release` file: not a Java home.
    return 0
  }
}

/** A JDK of version 21 or newer: JAVA_HOME first, then the usual folders, the newest wins. Throws `search_server.no_java`. */
export function findJava(environment: Record<string, string | undefined> = process.env): string {
  const given = environment['JAVA_HOME']
  if (given !== undefined && javaMajor(given) >= OLDEST_JAVA) return given
  const homes = usualJavaFolders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, 'Contents/Home')])
    )
    .filter((home) => javaMajor(home) >= OLDEST_JAVA && existsSync(join(home, 'bin/javac')))
    .sort((a, b) => javaMajor(b) - javaMajor(a))
  if (homes[0] === undefined) {
    throw new SocError(
      'search_server.no_java',
      `no JDK ${OLDEST_JAVA} or newer in JAVA_HOME or ${usualJavaFolders.join(', ')}`
    )
  }
  return homes[0]
}

/** Fetches and unpacks Elasticsearch below `folder` once, with the small plugin that answers "/". Gives its home. */
export function installElasticsearch(folder: string, java: string): string {
  const home = join(folder, `elasticsearch-${VERSION}`)
  const ready = join(home, '.ready')
  if (existsSync(ready)) return home
  mkdirSync(folder, { recursive: true })
  execFileSync(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      join(import.meta.dirname, 'pom.xml'),
      'dependency:unpack',
      `-Delasticsearch.version=${VERSION}`,
      `-Dtarget.folder=${folder}`
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, JAVA_HOME: java } }
  )
  const plugin = join(home, 'plugins/vonglau-root')
  const classes = join(home, 'plugin-classes')
  mkdirSync(plugin, { recursive: true })
  const source = join(import.meta.dirname, 'RootPlugin.java')
  execFileSync(join(java, 'bin/javac'), [
    '-nowarn',
    '--release',
    '21',
    '-cp',
    join(home, 'lib/*'),
    '-d',
    classes,
    source
  ])
  execFileSync(join(java, 'bin/jar'), ['cf', join(plugin, 'root.jar'), '-C', classes, '.'])
  rmSync(classes, { recursive: true })
  const descriptor = {
    name: 'vonglau-root',
    description: 'GET /',
    version: '1',
    'elasticsearch.version': VERSION,
    'java.version': '21',
    classname: 'vonglau.RootPlugin'
  }
  writeFileSync(
    join(plugin, 'plugin-descriptor.properties'),
    `${Object.entries(descriptor)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n')}\n`
  )
  writeFileSync(join(home, 'config/jvm.options'), '-XX:+UseSerialGC\n-Djava.io.tmpdir=${ES_TMPDIR}\n')
  writeFileSync(ready, '')
  return home
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

/**
 * Starts a real single-node Elasticsearch on free loopback ports with an empty data folder (kept with `keepData`) and
 * waits until it answers. Throws `search_server.failed` with the end of its log.
 */
export async function startElasticsearch(
  options: { folder?: string; port?: number; keepData?: boolean; heap?: string } = {}
): Promise<SearchServer> {
  const folder = options.folder ?? join(import.meta.dirname, '../../.search-servers')
  const java = findJava()
  const home = installElasticsearch(folder, java)
  const port = options.port ?? (await freePort())
  const transport = await freePort()
  for (const name of ['data', 'logs', 'tmp']) {
    if (!(name === 'data' && options.keepData)) rmSync(join(home, name), { recursive: true, force: true })
    mkdirSync(join(home, name), { recursive: true })
  }
  const settings = {
    'cluster.name': 'vong-lau-test',
    'node.name': 'one',
    'network.host': '127.0.0.1',
    'http.port': port,
    'transport.port': transport,
    'discovery.type': 'single-node',
    'cluster.routing.allocation.disk.threshold_enabled': false,
    'action.destructive_requires_name': false,
    'xpack.security.enabled': false
  }
  writeFileSync(
    join(home, 'config/elasticsearch.yml'),
    `${Object.entries(settings)
      .map(([key, value]) => `${key}: ${value}`)
      .join('\n')}\n`
  )
  const asRoot = process.getuid?.() === 0
  if (asRoot) ownBy(home, NOBODY)
  const heap = options.heap ?? '512m'
  const logFile = join(home, 'stdout.log')
  const log = openSync(logFile, 'w')
  const child = spawn('bash', ['bin/elasticsearch'], {
    cwd: home,
    env: {
      PATH: `/usr/bin${delimiter}/bin`,
      HOME: home,
      ES_JAVA_HOME: java,
      ES_JAVA_OPTS: `-Xms${heap} -Xmx${heap} -XX:TieredStopAtLevel=1`,
      ES_TMPDIR: join(home, 'tmp')
    },
    stdio: ['ignore', log, log],
    ...(asRoot ? { uid: NOBODY, gid: NOBODY } : {})
  })
  const url = `http://127.0.0.1:${port}`
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const end = async (signal: NodeJS.Signals) => {
    if (ended()) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  const started = performance.now()
  while (
    !(await fetch(url).then(
      (response) => response.ok,
      () => false
    ))
  ) {
    if (ended() || performance.now() - started > START_TIMEOUT_MS) {
      await end('SIGKILL')
      throw new SocError(
        'search_server.failed',
        `Elasticsearch does not answer:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`
      )
    }
    await sleep(100)
  }
  return { url, pid: child.pid!, home, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

function ownBy(path: string, id: number) {
  chownSync(path, id, id)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name)
    if (entry.isDirectory()) ownBy(below, id)
    else if (!entry.isSymbolicLink()) chownSync(below, id, id)
  }
}

if (process.argv[1] === import.meta.filename) {
  const server = await startElasticsearch({ port: Number(process.argv[2] ?? 9200), keepData: true })
  process.stdout.write(`${server.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void server.stop().then(() => process.exit(0)))
}

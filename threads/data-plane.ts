import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Config } from '#core/config.ts'
import type {
  ControlSide,
  DataPlane,
  DataPlaneState,
  ListenerOrder,
  ListenerStatus,
  PlaneThread,
  ReplayFrame
} from '#core/data-plane.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import { startWorker, type RunningWorker } from '#core/worker.ts'
import { Comeback } from './comeback.ts'
import { Commits } from './commits.ts'
import type {
  EventRange,
  FromIntake,
  FromPipeline,
  FromStore,
  IntakeData,
  ToIntake,
  ToPipeline,
  ToStore
} from './messages.ts'
import { PlaneState } from './plane-state.ts'
import { SpoolRelease } from './spool-release.ts'

/** A thread that has not ended by then is ended: what it had not finished is done again from the spool at the next start. */
const STOP_MS = 20_000

/**
 * Starts intake, pipeline and store threads and joins them to the control side. Resolves when the rules are loaded and
 * frames can be taken; rejects with `data_plane.failed`, with no thread left.
 */
export async function startDataPlane(config: Config, control: ControlSide): Promise<DataPlane> {
  const threads = new Threads(config, control)
  try {
    await threads.ready()
  } catch (error) {
    await threads.stop()
    throw error
  }
  return threads
}

/**
 * The three threads and what this one does for them: it commits matches, hears counters, and starts a thread anew that
 * ended by itself, from what is committed. Frames, events and the news of what is durable go between them directly, so
 * that a busy control plane delays nothing before its own commits.
 */
class Threads implements DataPlane {
  readonly #config: Config
  readonly #control: ControlSide
  readonly #plane = new PlaneState()
  readonly #release = new SpoolRelease((offset) => this.#intake.post({ kind: 'passed', offset }))
  readonly #commits: Commits
  readonly #comebacks: Record<PlaneThread, Comeback>
  readonly #listening = Promise.withResolvers<void>()
  readonly #rulesLoaded = Promise.withResolvers<void>()
  readonly #failed = Promise.withResolvers<never>()
  readonly #restarts = new Set<NodeJS.Timeout>()
  /** Threads that have said that they cannot go on; their exit, when it comes too, is no second end. */
  readonly #gone = new WeakSet<object>()
  #intake!: RunningWorker<ToIntake>
  #pipeline!: RunningWorker<ToPipeline>
  #store!: RunningWorker<ToStore>
  /** What is open, on the ports that the system chose. */
  #listeners: ListenerOrder[] = []
  #spoolId = ''
  #hasStarted = false
  #stopping = false

  constructor(config: Config, control: ControlSide) {
    this.#config = config
    this.#control = control
    const now = () => performance.now()
    this.#comebacks = { intake: new Comeback(now), pipeline: new Comeback(now), store: new Comeback(now) }
    this.#commits = new Commits({
      commit: (batch) => control.commit(batch, this.#spoolId),
      done: (batch) => {
        if (batch.checkpoint) this.#release.checkpointed(batch.to)
        this.#pipeline.post({ kind: 'committed', to: batch.to })
      },
      held: (reason) => {
        control.warned('pipeline', reason === null ? 'matches are committed again' : `matches are held back: ${reason}`)
        this.#plane.held(reason)
      }
    })
    // Also heard when nobody waits for the start any more.
    this.#failed.promise.catch(() => undefined)
    this.#startIntake()
    this.#startPipeline()
    this.#startStore()
    this.#join('intake', 'pipeline')
    this.#join('intake', 'store')
    this.#join('pipeline', 'store')
    this.#intake.post({ kind: 'snapshot', snapshot: control.snapshot() })
  }

  get state(): DataPlaneState {
    return this.#plane.state
  }

  /** Resolves when listeners can be opened and rules are loaded; rejects when a thread fails before. */
  async ready(): Promise<void> {
    await Promise.race([Promise.all([this.#listening.promise, this.#rulesLoaded.promise]), this.#failed.promise])
    this.#hasStarted = true
  }

  async open(listeners: ListenerOrder[]): Promise<ListenerStatus[]> {
    const opened = await this.#intake.ask<ListenerStatus[]>((id) => ({ kind: 'open', id, listeners }))
    const portOf = new Map(opened.map(({ id, port }) => [id, port]))
    this.#listeners.push(...listeners.map((order) => ({ ...order, port: portOf.get(order.id) ?? order.port })))
    return opened
  }

  async close(listeners: string[]): Promise<void> {
    this.#listeners = this.#listeners.filter(({ id }) => !listeners.includes(id))
    await this.#intake.ask<void>((id) => ({ kind: 'close', id, listeners }))
  }

  replay = (frames: ReplayFrame[]) => this.#intake.ask<void>((id) => ({ kind: 'replay', id, frames }))
  expire = (range: EventRange) => this.#store.ask<string[]>((id) => ({ kind: 'expire', id, range }))
  reloadRules = () => this.#pipeline.post({ kind: 'reload' })

  setSnapshot(snapshot: DataPlaneSnapshot): void {
    for (const thread of [this.#intake, this.#pipeline, this.#store]) thread.post({ kind: 'snapshot', snapshot })
  }

  /** Intake first, so that what it took is durable; then the detector reports its position; the store ends last. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#restarts) clearTimeout(timer)
    for (const thread of [this.#intake, this.#pipeline, this.#store]) await thread.stop()
    this.#commits.forget()
  }

  #startIntake() {
    const data: IntakeData = { config: this.#config }
    this.#intake = this.#start('intake', (message: FromIntake) => this.#hearIntake(message), data)
  }

  #startPipeline() {
    this.#pipeline = this.#start('pipeline', (message: FromPipeline) => this.#hearPipeline(message))
  }

  #startStore() {
    this.#store = this.#start('store', (message: FromStore) => this.#hearStore(message))
  }

  /** Gives two threads a port to each other; the one before, if there was one, is closed by whoever holds it. */
  #join(one: PlaneThread, other: PlaneThread) {
    const { port1, port2 } = new MessageChannel()
    this.#meet(one, other, port1)
    this.#meet(other, one, port2)
  }

  #meet(thread: PlaneThread, name: PlaneThread, port: MessagePort) {
    const workers = { intake: this.#intake, pipeline: this.#pipeline, store: this.#store }
    const worker = workers[thread]
    ;(worker as RunningWorker<{ kind: 'neighbour'; name: PlaneThread; port: MessagePort }>).post(
      { kind: 'neighbour', name, port },
      [port]
    )
  }

  #start<To, From>(name: PlaneThread, hear: (message: From) => void, data: unknown = {}) {
    this.#comebacks[name].started()
    const worker: RunningWorker<To> = startWorker<To, From>(new URL(`./${name}.ts`, import.meta.url), {
      name,
      data,
      // What a thread says must not end the process, whatever comes of it here.
      onMessage: (message) => {
        // The next one begins from what is committed; what this one still had on its way would come twice.
        if (this.#gone.has(worker)) return
        try {
          hear(message)
        } catch (error) {
          this.#control.warned(name, messageOf(error))
        }
      },
      onFailed: (reason) => this.#ended(name, reason, worker),
      ended: (cause) => new SocError('data_plane.failed', `the ${name} thread has ended`, { status: 503, cause }),
      stopMs: STOP_MS
    })
    return worker
  }

  /** A thread ended by itself, or said that it cannot go on: it is started anew, unless it cannot come back. */
  #ended(name: PlaneThread, reason: string, worker: Pick<RunningWorker<never>, 'terminate'>) {
    if (this.#stopping || this.#gone.has(worker)) return
    this.#gone.add(worker)
    this.#plane.ended(name, Date.now(), reason)
    const pauseMs = this.#hasStarted ? this.#comebacks[name].ended() : undefined
    if (pauseMs === undefined) {
      this.#failed.reject(new SocError('data_plane.failed', `${name}: ${reason}`))
      this.#control.failed(name, reason)
      return
    }
    this.#control.warned(name, `the thread ended and is started again in ${pauseMs} ms: ${reason}`)
    this.#control.changed(this.state)
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      void this.#startAnew(name, worker)
    }, pauseMs)
    this.#restarts.add(timer)
  }

  async #startAnew(name: PlaneThread, worker: Pick<RunningWorker<never>, 'terminate'>) {
    // Nothing of the one before may still write when the next one opens the same files.
    await worker.terminate()
    if (this.#stopping) return
    switch (name) {
      case 'intake':
        this.#startIntake()
        this.#join('intake', 'pipeline')
        this.#join('intake', 'store')
        return this.#intake.post({ kind: 'snapshot', snapshot: this.#control.snapshot() })
      case 'pipeline':
        this.#commits.forget()
        this.#startPipeline()
        this.#join('intake', 'pipeline')
        this.#join('pipeline', 'store')
        return this.#beginPipeline(this.state.spool.end)
      case 'store':
        this.#startStore()
        this.#join('intake', 'store')
        this.#join('pipeline', 'store')
        return this.#beginStore(this.state.spool.end)
    }
  }

  #hearIntake(message: FromIntake) {
    switch (message.kind) {
      case 'ready':
        return this.#spoolOpen(message.spoolId, message.end)
      case 'status':
        this.#plane.intake(message)
        return this.#control.changed(this.state)
      case 'notice':
        return this.#control.notice(message.notice)
      case 'heartbeats':
        return this.#intake.post({ kind: 'beats', id: message.id, ...this.#commitHeartbeats(message.results) })
      case 'warning':
        return this.#control.warned('intake', message.message)
      case 'failed':
        return this.#ended('intake', message.message, this.#intake)
    }
  }

  /** The spool is open. At the first time the readers begin; an intake started anew opens its listeners again. */
  #spoolOpen(spoolId: string, end: number) {
    this.#plane.intakeReady(end)
    this.#plane.runs('intake')
    if (this.#spoolId === '') {
      this.#spoolId = spoolId
      this.#beginPipeline(end)
      this.#beginStore(end)
      return this.#listening.resolve()
    }
    const intake = this.#intake
    const listeners = this.#listeners
    intake
      .ask((id) => ({ kind: 'open', id, listeners }))
      .catch((error: unknown) => this.#ended('intake', `its listeners did not open: ${messageOf(error)}`, intake))
  }

  /** The pipeline goes on after what the control plane has committed of the spool. */
  #beginPipeline(end: number) {
    const { offset: position, checkpoint } = this.#control.position(this.#spoolId)
    this.#pipeline.post({
      kind: 'begin',
      config: this.#config,
      spoolId: this.#spoolId,
      position,
      ...(checkpoint && { checkpoint }),
      snapshot: this.#control.snapshot(),
      end
    })
    this.#release.checkpointed(checkpoint?.offset ?? -1)
  }

  /** The store goes on after its own position. */
  #beginStore(end: number) {
    const snapshot = this.#control.snapshot()
    this.#store.post({ kind: 'begin', config: this.#config, spoolId: this.#spoolId, snapshot, end })
  }

  /** Hands heartbeats up; the reason when they were not taken. */
  #commitHeartbeats(results: ProbeResult[]): { error?: string } {
    try {
      if (this.#control.heartbeats === undefined) return { error: 'nobody takes heartbeats' }
      this.#control.heartbeats(results)
      return {}
    } catch (error) {
      this.#control.warned('intake', `heartbeats were not taken: ${messageOf(error)}`)
      return { error: messageOf(error) }
    }
  }

  #hearPipeline(message: FromPipeline) {
    switch (message.kind) {
      case 'matches':
        return this.#commits.take(message.batch)
      case 'rules':
        this.#plane.rules(message)
        this.#plane.runs('pipeline')
        this.#rulesLoaded.resolve()
        return this.#control.changed(this.state)
      case 'status':
        return this.#plane.pipeline(message)
      case 'warning':
        return this.#control.warned('pipeline', message.message)
      case 'failed':
        return this.#ended('pipeline', message.message, this.#pipeline)
    }
  }

  #hearStore(message: FromStore) {
    switch (message.kind) {
      case 'ready':
        this.#plane.runs('store')
        return this.#plane.storeReady(message.position)
      case 'status':
        this.#plane.store(message)
        return this.#release.stored(message.durable)
      case 'failed':
        return this.#ended('store', message.message, this.#store)
    }
  }
}

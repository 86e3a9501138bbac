import { parentPort, type MessagePort } from 'node:worker_threads'
import { SenderClocks } from '#collector/enrich/sender-clocks.ts'
import { createInterpreter } from '#collector/interpret.ts'
import { openSpoolReader } from '#collector/spool/reader.ts'
import { logsources } from '#collector/parsers/formats.ts'
import { listenerNames } from '#collector/sources/listeners.ts'
import { createDetector, type Detector, type JudgedEvent } from '#detector/detector.ts'
import { RangeCounts } from '#detector/range-counts.ts'
import { compileRules, createRuleLoader, sigmaEvents } from '#sigma-rules-parser'
import type { Config } from '#core/config.ts'
import { messageOf } from '#core/errors.ts'
import type { MatchBatch } from '#core/match.ts'
import { join } from 'node:path'
import { decodeRecord } from './decode.ts'
import type { Durable, FromPipeline, FromStoreToPipeline, ToPipeline, ToStoreFromPipeline } from './messages.ts'
import { ruleRows, watchRules } from './rule-files.ts'

/** Records per round: small enough for a low delay, large enough that a commit per round is cheap. */
const MAX_RECORDS = 512
const MAX_BYTES = 512 * 1024
/** Rounds with matches that the control plane has not committed yet; at the ceiling the detector waits at its position. */
const MAX_UNCOMMITTED = 8
/** Encoded ranges the store writer has not taken yet; at the ceiling the hand-over is skipped and the writer re-reads the spool. */
const STORE_CREDITS = 8
/** Ranges without a match are reported together, at most this late. */
const IDLE_REPORT_MS = 250
/** Correlation windows are handed up this often; the spool is kept from there. */
const CHECKPOINT_EVERY_MS = 5_000

const port = parentPort!
let intakePort: MessagePort | undefined
let storePort: MessagePort | undefined
const send = (message: FromPipeline) => port.postMessage(message)

/** The data plane's thinking thread: reads the spool, interprets, matches, hands on. */
class Pipeline {
  readonly #reader
  readonly #interpreter
  readonly #config: Config
  /** Remembers what it parsed: a reload reads again only the files that changed. */
  readonly #loadRules = createRuleLoader()
  #detector: Detector
  #end: number
  /** Next offset to read. */
  #next: number
  /** First offset not yet reported to the control plane. */
  #unreported: number
  /** Committed before this start: what lies at or before it only rebuilds correlation windows. */
  readonly #committedAtStart: number
  #uncommitted = 0
  #credits = STORE_CREDITS
  #lastCheckpointAt = 0
  #lastCheckpointOffset = -1
  #reportTimer: NodeJS.Timeout | undefined
  #running = false
  #stopping = false
  #judged = 0
  /** Exchanges and events per unit since the last report. */
  #counts = new RangeCounts()
  readonly #clocks = new SenderClocks()
  readonly #stopWatching: () => void

  constructor(begin: Extract<ToPipeline, { kind: 'begin' }>) {
    this.#config = begin.config
    this.#reader = openSpoolReader(join(begin.config.SOC_DATA, 'spool'))
    this.#interpreter = createInterpreter(begin.snapshot)
    this.#end = begin.end
    const started = performance.now()
    const loaded = this.#loadRules(begin.config.SOC_RULES)
    this.#detector = createDetector({
      rules: loaded.rules,
      compileRules,
      toSigmaEvent: sigmaEvents(logsources),
      listenerNames
    })
    this.#sendRules(loaded, performance.now() - started)
    const checkpoint = this.#restored(begin.checkpoint)
    this.#committedAtStart = begin.position
    this.#unreported = begin.position + 1
    this.#next = Math.max(this.#reader.start(), (checkpoint?.offset ?? begin.position) + 1)
    this.#lastCheckpointOffset = checkpoint?.offset ?? -1
    this.#stopWatching = watchRules(begin.config.SOC_RULES, () => this.reload())
  }

  /** The checkpoint when it can be used. One that cannot (another version, damage) costs the open windows, not the start. */
  #restored(checkpoint: Extract<ToPipeline, { kind: 'begin' }>['checkpoint']) {
    if (checkpoint === undefined) return undefined
    try {
      this.#detector.restore(checkpoint.state)
      return checkpoint
    } catch (error) {
      send({ kind: 'warning', message: `correlation windows start empty: ${messageOf(error)}` })
      return undefined
    }
  }

  durable(end: number) {
    this.#end = Math.max(this.#end, end)
    void this.pump()
  }

  committed() {
    this.#uncommitted--
    void this.pump()
  }

  credit() {
    this.#credits++
  }

  /** The store writer was started anew: what the one before had not taken, this one reads from the spool. */
  storeAnew() {
    this.#credits = STORE_CREDITS
  }

  setSnapshot(snapshot: Extract<ToPipeline, { kind: 'snapshot' }>['snapshot']) {
    this.#interpreter.setSnapshot(snapshot)
  }

  /** Reads the rule files again. What cannot be read or compiled is reported; the rest runs. */
  reload() {
    const started = performance.now()
    const loaded = this.#loadRules(this.#config.SOC_RULES)
    this.#detector.replaceRules(loaded.rules)
    this.#sendRules(loaded, performance.now() - started)
  }

  #sendRules(loaded: ReturnType<ReturnType<typeof createRuleLoader>>, loadMs: number) {
    const errors = [...loaded.errors, ...this.#detector.ruleErrors()]
    send({ kind: 'rules', rules: ruleRows(loaded.rules, errors), loadedAt: Date.now(), loadMs: Math.round(loadMs) })
  }

  /** Works through what is durable, one round after the other, yielding between rounds. */
  async pump() {
    if (this.#running || this.#stopping) return
    this.#running = true
    try {
      while (!this.#stopping && this.#next < this.#end && this.#uncommitted < MAX_UNCOMMITTED) {
        this.#round()
        await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      this.#running = false
    }
  }

  #round() {
    // A range never straddles the committed position: one side is skipped whole, the other counted whole.
    const limit = this.#next <= this.#committedAtStart ? Math.min(this.#end, this.#committedAtStart + 1) : this.#end
    const batch = this.#reader.read(this.#next, limit, { maxRecords: MAX_RECORDS, maxBytes: MAX_BYTES })
    if (batch.next <= this.#next) return
    const from = this.#next
    const to = batch.next - 1
    this.#next = batch.next
    const judged: JudgedEvent[] = []
    const handOver: ToStoreFromPipeline = { kind: 'batch', from, to, entries: [], replayed: [] }
    const handsOver = this.#credits > 0
    for (const record of batch.records) {
      const decoded = decodeRecord(record, this.#interpreter.interpret, handsOver)
      if (decoded.entry) handOver.entries.push(decoded.entry)
      if (decoded.replayed) handOver.replayed.push(decoded.replayed)
      if (decoded.event && record.kind === 'frame') {
        judged.push({
          offset: record.frame.offset,
          event: decoded.event,
          json: decoded.json,
          receivedAt: record.frame.receivedAt,
          sender: record.frame.sender
        })
      }
    }
    this.#judged += judged.length
    for (const { event, sender } of judged) this.#clocks.add(sender, event)
    if (handsOver) {
      this.#credits--
      storePort?.postMessage(handOver)
    }
    const { folds } = this.#detector.judge(judged, from, to)
    if (from <= this.#committedAtStart) return
    for (const { event, receivedAt } of judged) this.#counts.add(event, receivedAt)
    this.#report(folds)
  }

  #report(folds: MatchBatch['folds']) {
    const now = Date.now()
    const due = now - this.#lastCheckpointAt >= CHECKPOINT_EVERY_MS
    if (folds.length === 0 && !due) {
      this.#reportTimer ??= setTimeout(() => this.#flush([]), IDLE_REPORT_MS)
      return
    }
    this.#flush(folds)
  }

  #flush(folds: MatchBatch['folds']) {
    clearTimeout(this.#reportTimer)
    this.#reportTimer = undefined
    const to = this.#next - 1
    if (to < this.#unreported) return
    const message: MatchBatch = { partition: 0, from: this.#unreported, to, folds, ...this.#counts.take() }
    const now = Date.now()
    if (now - this.#lastCheckpointAt >= CHECKPOINT_EVERY_MS && to > this.#lastCheckpointOffset) {
      message.checkpoint = this.#detector.checkpoint()
      this.#lastCheckpointAt = now
      this.#lastCheckpointOffset = to
    }
    this.#unreported = to + 1
    this.#uncommitted++
    send({ kind: 'matches', batch: message })
  }

  /** Events judged since the last call, for the status line. */
  takeJudged(): number {
    const judged = this.#judged
    this.#judged = 0
    return judged
  }

  /** Clocks of the senders, when an event was judged since the last call. */
  takeClocks() {
    return this.#clocks.take()
  }

  get position() {
    return this.#next - 1
  }

  stop() {
    this.#stopping = true
    this.#lastCheckpointAt = 0
    this.#flush([])
    this.#stopWatching()
    this.#reader.close()
  }
}

let pipeline: Pipeline | undefined
let statusTimer: NodeJS.Timeout | undefined
/** Durable end as last heard from the intake, also before the begin. */
let durableEnd = 0

function meetIntake(intake: MessagePort) {
  intakePort?.close()
  intakePort = intake.on('message', ({ end }: Durable) => {
    durableEnd = end
    pipeline?.durable(end)
  })
}

function meetStore(store: MessagePort) {
  storePort?.close()
  storePort = store.on('message', (message: FromStoreToPipeline) => {
    if (message.kind === 'credit') pipeline?.credit()
  })
  pipeline?.storeAnew()
}

port.on('message', (message: ToPipeline) => {
  switch (message.kind) {
    case 'neighbour':
      return message.name === 'intake' ? meetIntake(message.port) : meetStore(message.port)
    case 'begin':
      try {
        pipeline = new Pipeline(message)
      } catch (error) {
        send({ kind: 'failed', message: messageOf(error) })
        return
      }
      statusTimer = setInterval(() => {
        if (pipeline === undefined) return
        const clocks = pipeline.takeClocks()
        const status = { kind: 'status', position: pipeline.position, eventsPerSecond: pipeline.takeJudged() } as const
        send(clocks === undefined ? status : { ...status, clocks })
      }, 1_000)
      return pipeline.durable(durableEnd)
    case 'snapshot':
      return pipeline?.setSnapshot(message.snapshot)
    case 'committed':
      return pipeline?.committed()
    case 'reload':
      return pipeline?.reload()
    case 'stop':
      clearInterval(statusTimer)
      pipeline?.stop()
      intakePort?.close()
      storePort?.close()
      port.close()
  }
})

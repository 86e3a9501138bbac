import { join } from 'node:path'
import { parentPort, type MessagePort } from 'node:worker_threads'
import { createInterpreter } from '#collector/interpret.ts'
import { openSpoolReader } from '#collector/spool/reader.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { systemClock } from '#core/clock.ts'
import { answer } from '#core/worker.ts'
import type { StoreWriter } from '#store/store.ts'
import { decodeRecord } from './decode.ts'
import type {
  Durable,
  FromStore,
  FromStoreToPipeline,
  ReplayedLetter,
  ToStore,
  ToStoreFromPipeline
} from './messages.ts'
import { openWriter } from './open-store.ts'

/** Records per write when catching up from the spool. */
const CATCH_UP_RECORDS = 1_000
const CATCH_UP_BYTES = 1024 * 1024
/** First and longest pause between tries while the store is away, milliseconds. */
const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 15_000
const STATUS_EVERY_MS = 500
/** The durable position is asked for this often: it costs a checkpoint of the write-ahead log. */
const DURABLE_EVERY_MS = 10_000

const port = parentPort!
let intakePort: MessagePort | undefined
let pipelinePort: MessagePort | undefined
const send = (message: FromStore) => port.postMessage(message)
const giveCredit = () => pipelinePort?.postMessage({ kind: 'credit' } satisfies FromStoreToPipeline)

/** Answers main; whatever the reason, it is the data plane that did not do it. */
function answerExpire({ id }: Extract<ToStore, { kind: 'expire' }>, work: () => Promise<string[]>) {
  const refused = (error: unknown) => Promise.reject(new SocError('data_plane.refused', messageOf(error)))
  return answer(port, id, () => work().catch(refused), { code: 'data_plane.refused' })
}

/** The only writer of the store: takes encoded ranges, and reads the spool itself where one is missing. */
class StoreThread {
  readonly #writer: StoreWriter
  readonly #reader
  readonly #interpreter
  #end: number
  #queue: ToStoreFromPipeline[] = []
  #orders: Extract<ToStore, { kind: 'expire' }>[] = []
  #running = false
  #stopping = false
  #away: { since: number; reason: string } | undefined
  #durable = -1
  #lastDurableAt = 0
  #lastStatusAt = 0
  #lastStatusPosition = -2
  #wake: (() => void) | undefined

  constructor(begin: Extract<ToStore, { kind: 'begin' }>, writer: StoreWriter) {
    this.#writer = writer
    this.#reader = openSpoolReader(join(begin.config.SOC_DATA, 'spool'))
    this.#interpreter = createInterpreter(begin.snapshot)
    this.#end = begin.end
  }

  take(batch: ToStoreFromPipeline) {
    // What the pipeline read is durable, also when our own word of it is still on the way.
    this.#end = Math.max(this.#end, batch.to + 1)
    this.#queue.push(batch)
    void this.run()
  }

  durable(end: number) {
    this.#end = Math.max(this.#end, end)
    void this.run()
  }

  setSnapshot(snapshot: Extract<ToStore, { kind: 'snapshot' }>['snapshot']) {
    this.#interpreter.setSnapshot(snapshot)
  }

  expire(order: Extract<ToStore, { kind: 'expire' }>) {
    this.#orders.push(order)
    void this.run()
  }

  async run() {
    if (this.#running) return
    this.#running = true
    try {
      while (!this.#stopping) {
        const order = this.#orders.shift()
        if (order) await this.#expire(order)
        const batch = this.#queue.shift()
        if (batch) {
          await this.#catchUp(batch.from)
          await this.#write(batch)
          giveCredit()
        } else if (!order) break
        this.status(false)
        await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      this.#running = false
    }
  }

  /**
   * Reads the spool for what was never handed over, up to (not including) `before`. Also called by the timer with the
   * durable end, so that a skipped hand-over is made good when the pipeline falls quiet.
   */
  async #catchUp(before: number) {
    while (!this.#stopping && this.#writer.position(0) + 1 < before) {
      const from = Math.max(this.#writer.position(0) + 1, this.#reader.start())
      const batch = this.#reader.read(from, Math.min(before, this.#end), {
        maxRecords: CATCH_UP_RECORDS,
        maxBytes: CATCH_UP_BYTES
      })
      if (batch.next <= from) return
      const range: ToStoreFromPipeline = { kind: 'batch', from, to: batch.next - 1, entries: [], replayed: [] }
      for (const record of batch.records) {
        const decoded = decodeRecord(record, this.#interpreter.interpret)
        range.entries.push(decoded.entry!)
        if (decoded.replayed) range.replayed.push(decoded.replayed)
      }
      await this.#write(range)
      this.status(false)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** When the queue is empty but the spool is ahead for a while: nobody will hand these over any more. */
  async idle() {
    if (this.#running || this.#queue.length > 0 || this.#stopping) return
    if (this.#writer.position(0) + 1 >= this.#end) return
    this.#running = true
    try {
      await this.#catchUp(this.#end)
    } finally {
      this.#running = false
    }
    void this.run()
  }

  async #write(batch: ToStoreFromPipeline) {
    const position = this.#writer.position(0)
    // Never over a gap: what lies between would be lost. The spool is read again when the queue is empty.
    if (batch.to <= position || batch.from > position + 1) return
    const entries = batch.entries.filter((entry) => entry.offset > position)
    let pause = RETRY_FIRST_MS
    while (!this.#stopping) {
      try {
        const notYet: ReplayedLetter[] = []
        for (const letter of batch.replayed) if (!(await this.#resolve(letter))) notYet.push(letter)
        await this.#writer.write({ partition: 0, from: position + 1, to: batch.to, entries })
        // A letter written and put back within one range is there only now; one that is gone stays gone.
        for (const letter of notYet) await this.#resolve(letter)
        if (this.#away) {
          this.#away = undefined
          this.status(true)
        }
        return
      } catch (error) {
        // Everything is retried: the spool holds, and giving up would lose what a sender was told is safe.
        this.#away ??= { since: Date.now(), reason: '' }
        this.#away.reason = messageOf(error)
        this.status(true)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pause)
          this.#wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        pause = Math.min(pause * 2, RETRY_MAX_MS)
      }
    }
  }

  #resolve({ letterId, frame, event }: ReplayedLetter): Promise<boolean> {
    return this.#writer.resolveDeadLetter(letterId, frame.origin, frame.receivedAt, event)
  }

  async #expire(order: Extract<ToStore, { kind: 'expire' }>) {
    await answerExpire(order, async () => (await this.#writer.expire(order.range)).removed)
    this.status(true)
  }

  status(force: boolean) {
    const now = Date.now()
    const position = this.#writer.position(0)
    if (!force && (now - this.#lastStatusAt < STATUS_EVERY_MS || position === this.#lastStatusPosition)) return
    this.#lastStatusAt = now
    this.#lastStatusPosition = position
    send({
      kind: 'status',
      at: now,
      position,
      durable: this.#durable,
      fates: this.#writer.fates(),
      losses: this.#writer.losses(),
      ...(this.#away ? { away: this.#away } : {})
    })
  }

  async tick() {
    void this.idle()
    if (!this.#running && !this.#stopping) await this.#inspect()
    if (Date.now() - this.#lastDurableAt >= DURABLE_EVERY_MS && !this.#running) {
      this.#lastDurableAt = Date.now()
      try {
        this.#durable = await this.#writer.durablePosition(0)
        this.#away = undefined
      } catch (error) {
        this.#away ??= { since: Date.now(), reason: messageOf(error) }
      }
      this.status(true)
    } else this.status(false)
  }

  /** What cannot be compared now is compared the next time; the store's absence is told elsewhere. */
  async #inspect() {
    try {
      const before = JSON.stringify(this.#writer.losses())
      await this.#writer.inspect()
      if (JSON.stringify(this.#writer.losses()) !== before) this.status(true)
    } catch {
      return
    }
  }

  async stop() {
    this.#stopping = true
    this.#wake?.()
    while (this.#running) await new Promise((resolve) => setImmediate(resolve))
    this.status(true)
    this.#reader.close()
    await this.#writer.close()
  }
}

let store: StoreThread | undefined
let timer: NodeJS.Timeout | undefined
let stopping = false
let wakeOpening: (() => void) | undefined
/** What was said while the home could not be opened yet: the newest snapshot and durable end, and orders in turn. */
const early: {
  batches: ToStoreFromPipeline[]
  snapshot?: Extract<ToStore, { kind: 'snapshot' }>
  orders: Extract<ToStore, { kind: 'expire' }>[]
  end: number
} = {
  batches: [],
  orders: [],
  end: 0
}

/** Opens the home, however long it is away: frames wait in the spool, detection goes on, the console says so. */
async function openHome(begin: Extract<ToStore, { kind: 'begin' }>): Promise<StoreWriter | undefined> {
  let pause = RETRY_FIRST_MS
  let since = 0
  while (!stopping) {
    try {
      return await openWriter(begin.config, systemClock)
    } catch (error) {
      if (!(error instanceof SocError && error.code === 'store.away')) throw error
      since ||= Date.now()
      send({
        kind: 'status',
        at: Date.now(),
        position: -1,
        durable: -1,
        fates: [],
        away: { since, reason: error.message }
      })
      await new Promise<void>((resolve) => {
        const retry = setTimeout(resolve, pause)
        wakeOpening = () => {
          clearTimeout(retry)
          resolve()
        }
      })
      pause = Math.min(pause * 2, RETRY_MAX_MS)
    }
  }
  return undefined
}

async function begin(message: Extract<ToStore, { kind: 'begin' }>) {
  const writer = await openHome(message)
  if (writer === undefined) return
  if (stopping) return writer.close()
  store = new StoreThread(message, writer)
  if (early.snapshot) store.setSnapshot(early.snapshot.snapshot)
  send({ kind: 'ready', position: writer.position(0) })
  store.status(true)
  timer = setInterval(() => void store?.tick(), STATUS_EVERY_MS)
  for (const order of early.orders.splice(0)) store.expire(order)
  for (const batch of early.batches.splice(0)) store.take(batch)
  store.durable(early.end)
}

/** Ends the thread: what is queued and not written stays in the spool. */
async function stop() {
  stopping = true
  clearInterval(timer)
  wakeOpening?.()
  for (const order of early.orders.splice(0))
    await answerExpire(order, () => Promise.reject(new Error('the store is away')))
  await store?.stop()
  intakePort?.close()
  pipelinePort?.close()
  port.close()
}

function meetIntake(intake: MessagePort) {
  intakePort?.close()
  intakePort = intake.on('message', ({ end }: Durable) => {
    early.end = end
    store?.durable(end)
  })
}

function meetPipeline(pipeline: MessagePort) {
  pipelinePort?.close()
  pipelinePort = pipeline.on('message', (message: ToStoreFromPipeline) => {
    // At most as many as the pipeline has credits.
    if (store) store.take(message)
    else early.batches.push(message)
  })
}

port.on('message', (message: ToStore) => {
  switch (message.kind) {
    case 'neighbour':
      return message.name === 'intake' ? meetIntake(message.port) : meetPipeline(message.port)
    case 'begin':
      begin(message).catch((error: unknown) => send({ kind: 'failed', message: messageOf(error) }))
      return
    case 'snapshot':
      early.snapshot = message
      return store?.setSnapshot(message.snapshot)
    case 'expire':
      if (store) store.expire(message)
      else early.orders.push(message)
      return
    case 'stop':
      void stop()
  }
})

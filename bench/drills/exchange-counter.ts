import { createInterpreter } from '#collector/interpret.ts'
import type { Clock } from '#core/clock.ts'
import type { DataPlaneSnapshot, Sender } from '#core/sender.ts'
import { RangeCounts } from '#detector/range-counts.ts'
import type { Simulator } from '#simulator/simulator.ts'

/** Exchange records are counted so often, as batches of the detector would. */
const COUNT_EVERY_MS = 15_000

type CountedExchanges = ReturnType<RangeCounts['take']>['exchanges']

/** Reads the exchange records of the stand-ins with the real parser and counts them as the pipeline does. */
export class ExchangeCounter {
  #simulator: Simulator
  #clock: Clock
  #sender: Sender
  #interpreter: ReturnType<typeof createInterpreter>
  #counts = new RangeCounts()
  #countedTo: number
  #offset = 0

  constructor(simulator: Simulator, clock: Clock, sender: Sender, snapshot: DataPlaneSnapshot) {
    this.#simulator = simulator
    this.#clock = clock
    this.#sender = sender
    this.#interpreter = createInterpreter(snapshot)
    this.#countedTo = clock.now()
  }

  /** What was exchanged since the last count; undefined while that is too short ago, or no line leads to the centre. */
  take(): CountedExchanges | undefined {
    const now = this.#clock.now()
    if (this.#simulator.cut || now - this.#countedTo < COUNT_EVERY_MS) return undefined
    for (const record of this.#simulator.recordsBetween(this.#countedTo, now)) this.#count(record, now)
    this.#countedTo = now
    return this.#counts.take().exchanges
  }

  #count(record: object, now: number) {
    const outcome = this.#interpreter.interpret({
      id: `drill-${this.#offset}`,
      partition: 0,
      offset: this.#offset++,
      receivedAt: now,
      listener: 'http',
      origin: this.#sender.origin,
      peer: '192.0.2.20:40000',
      sender: this.#sender.id,
      unit: this.#sender.unit,
      hint: 'application/x-ndjson',
      flags: 0,
      clientKey: '',
      raw: Buffer.from(JSON.stringify(record))
    })
    if ('event' in outcome) this.#counts.add(outcome.event, now)
  }
}

import { Worker, type MessagePort, type Transferable } from 'node:worker_threads'
import type { RefusalCode } from './codes.ts'
import { messageOf, SocError } from './errors.ts'

/** What a thread answers to a question: a value, or why there is none. */
export type Answer = { kind: 'answer'; id: number; value?: unknown; error?: AnswerError }
type AnswerError = { code: RefusalCode; message: string; status: number; params: Record<string, string | number> }

/** Every thread takes this as its last message: it finishes, closes its ports and ends by itself. */
export type Stop = { kind: 'stop' }

export type WorkerOptions<From> = {
  /** Name of the thread, as the system's tools and the process log show it. */
  name: string
  /** What the thread finds in `workerData`. */
  data?: unknown
  /** Ports in `data`: they move to the thread. */
  ports?: readonly MessagePort[]
  /** Every message that is no answer to a question. */
  onMessage?(message: From): void
  /** The thread threw, or ended unasked; called at most once, and not after `stop` or `terminate`. */
  onFailed?(reason: string): void
  /** What questions are refused with that nobody will answer any more; without it `worker.ended` (503). */
  ended?(cause: Error | undefined): Error
  /** A thread that has not ended so long after it was asked to is ended, milliseconds. */
  stopMs: number
}

/** How long a question may take, and what it is refused with then. The thread goes on; its late answer is ignored. */
export type Deadline = { ms: number; late(): Error }

/** A thread of ours, as its owner sees it. */
export type RunningWorker<To> = {
  post(message: To, transfer?: readonly Transferable[]): void
  /** Sends a question with an id of its own; rejects with the thread's error, when late, and when the thread ends first. */
  ask<Value>(question: (id: number) => To, deadline?: Deadline): Promise<Value>
  /** Asks the thread to end and waits until it has, at most `stopMs`; every call waits for the same end. */
  stop(): Promise<void>
  /** Ends the thread at once. */
  terminate(): Promise<void>
  /** A thread with `ref` false does not hold the process that is otherwise done. */
  setRef(ref: boolean): void
}

/** Starts the thread in `file`. One that cannot start is told of through `onFailed`. */
export function startWorker<To, From = never>(file: URL, options: WorkerOptions<From>): RunningWorker<To> {
  return new Thread<To, From>(file, options)
}

type Question = { settle(answer: Answer): void; refuse(error: Error): void }

class Thread<To, From> implements RunningWorker<To> {
  readonly #worker: Worker
  readonly #options: WorkerOptions<From>
  readonly #questions = new Map<number, Question>()
  readonly #exited: Promise<void>
  #nextId = 1
  #hasExited = false
  /** Its end was asked for, or it has failed: nothing is reported and nothing asked any more. */
  #over = false
  #stopping: Promise<void> | undefined

  constructor(file: URL, options: WorkerOptions<From>) {
    const { name, data, ports = [] } = options
    this.#options = options
    this.#worker = new Worker(file, { name, workerData: data, transferList: [...ports] })
    this.#worker.on('message', (message: From | Answer) => {
      if (isAnswer(message)) this.#questions.get(message.id)?.settle(message)
      else options.onMessage?.(message)
    })
    this.#worker.on('error', (thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown))
      this.#fail(error.stack ?? error.message, error)
    })
    this.#exited = new Promise((resolve) =>
      this.#worker.once('exit', (code) => {
        this.#hasExited = true
        this.#fail(`thread ended with code ${code}`, undefined)
        resolve()
      })
    )
  }

  post(message: To | Stop, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  ask<Value>(question: (id: number) => To, deadline?: Deadline): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      if (this.#over) return reject(this.#ended(undefined))
      const id = this.#nextId++
      const forget = () => {
        clearTimeout(timer)
        this.#questions.delete(id)
      }
      const refuse = (error: Error) => {
        forget()
        reject(error)
      }
      const timer = deadline && setTimeout(() => refuse(deadline.late()), deadline.ms)
      const settle = ({ value, error }: Answer) => {
        if (error !== undefined) return refuse(new SocError(error.code, error.message, error))
        forget()
        resolve(value as Value)
      }
      this.#questions.set(id, { settle, refuse })
      this.post(question(id))
    })
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async terminate(): Promise<void> {
    this.#over = true
    await this.#worker.terminate()
  }

  setRef(ref: boolean): void {
    if (ref) this.#worker.ref()
    else this.#worker.unref()
  }

  async #stop() {
    this.#over = true
    if (this.#hasExited) return
    const deadline = setTimeout(() => void this.#worker.terminate(), this.#options.stopMs)
    this.post({ kind: 'stop' })
    await this.#exited
    clearTimeout(deadline)
  }

  #fail(reason: string, cause: Error | undefined) {
    for (const question of [...this.#questions.values()]) question.refuse(this.#ended(cause))
    if (this.#over) return
    this.#over = true
    this.#options.onFailed?.(reason)
  }

  #ended(cause: Error | undefined): Error {
    return (
      this.#options.ended?.(cause) ??
      new SocError('worker.ended', `the thread ${this.#options.name} has ended`, { status: 503, cause })
    )
  }
}

function isAnswer(message: unknown): message is Answer {
  return (message as { kind?: unknown } | null)?.kind === 'answer'
}

/**
 * The thread's side of a question: answers with what `work` gives or with its error. An error that is none of ours gets
 * the code and status of `otherwise`. Never rejects.
 */
export async function answer(
  port: Pick<MessagePort, 'postMessage'>,
  id: number,
  work: () => unknown,
  otherwise: { code: RefusalCode; status?: number }
): Promise<void> {
  let message: Answer
  try {
    message = { kind: 'answer', id, value: await work() }
  } catch (error) {
    const { code, status, params } =
      error instanceof SocError ? error : new SocError(otherwise.code, '', { status: otherwise.status ?? 500 })
    message = { kind: 'answer', id, error: { code, message: messageOf(error), status, params } }
  }
  port.postMessage(message)
}

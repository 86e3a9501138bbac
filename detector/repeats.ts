import type { EcsEvent, Json, JsonObject } from '#core/event.ts'

/** More than this of one line is a claim nobody can check; it counts as so many. */
const MAX_REPEATS = 1_000_000

/**
 * For how many events one stands: `repeats` when the line before says so, else what its parser read. Syslog daemons fold equal lines (`message repeated 5 times: [ … ]`); the parser notes the
 * number under `repeated` in the fields of the event's own dataset, and whatever counts events counts by it.
 */
export function repeatsOf({ event, repeats }: { event: EcsEvent; repeats?: number | undefined }): number {
  if (repeats !== undefined) return repeats
  const dataset = event.event['dataset']
  if (typeof dataset !== 'string') return 1
  const dot = dataset.indexOf('.')
  const module = objectIn(event, dot < 0 ? dataset : dataset.slice(0, dot))
  if (module === undefined) return 1
  const own = dot < 0 ? module : objectIn(module, dataset.slice(dot + 1))
  const repeated = own?.['repeated']
  return typeof repeated === 'number' && repeated >= 1 ? Math.min(MAX_REPEATS, Math.floor(repeated)) : 1
}

function objectIn(from: JsonObject, key: string): JsonObject | undefined {
  const value: Json | undefined = Object.hasOwn(from, key) ? from[key] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

/** What the older daemons write instead, without the line: `last message repeated 3 times`. */
const OF_LAST = /^(?:--- )?last message repeated (\d{1,7}) times?(?: ---)?$/i
/** Hosts whose last line is remembered; then all of them are forgotten: their next "repeated" counts for nothing. */
const MAX_HOSTS = 4_096

/**
 * The last line of every host that speaks syslog, so that "last message repeated 3 times" can stand for three more of it. It
 * is not part of the checkpoint: after a restart one such line per host finds nothing to stand for.
 */
export class LastLines<Seen extends { event: EcsEvent; sender: string }> {
  readonly #last = new Map<string, Seen>()

  /** What an event stands for: the line that it says came again, at its own time, or itself. */
  read(seen: Seen): Seen & { repeats?: number } {
    const { event } = seen
    if (!event.soc.listener.startsWith('syslog')) return seen
    const key = `${seen.sender}\n${textIn(objectIn(event, 'host'), 'name')}`
    const message = event['message']
    const times = typeof message === 'string' && message.length < 64 ? OF_LAST.exec(message)?.[1] : undefined
    if (times === undefined) {
      if (this.#last.size >= MAX_HOSTS && !this.#last.has(key)) this.#last.clear()
      this.#last.set(key, seen)
      return seen
    }
    const last = this.#last.get(key)
    if (last === undefined || !sameProgram(event, last.event)) return seen
    const { id, created } = event.event
    const again = { ...last.event, '@timestamp': event['@timestamp'], event: { ...last.event.event, id, created } }
    return { ...seen, event: again, json: undefined, repeats: Math.min(MAX_REPEATS, Math.max(1, Number(times))) }
  }
}

/** Some daemons name the program in front; then it must be the one that wrote the last line. */
function sameProgram(repeated: EcsEvent, last: EcsEvent): boolean {
  const program = textIn(objectIn(repeated, 'process'), 'name')
  return (
    program === '' ||
    /^(?:r?syslogd?|syslog-ng)$/.test(program) ||
    program === textIn(objectIn(last, 'process'), 'name')
  )
}

function textIn(from: JsonObject | undefined, key: string): string {
  const value = from && Object.hasOwn(from, key) ? from[key] : undefined
  return typeof value === 'string' ? value : ''
}

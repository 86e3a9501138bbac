/** One step into a JSON value: a member's name or an index. */
export type JsonPath = readonly (string | number)[]

/** Longest path and most steps that are read; a longer one is no path. */
const PATH_MAX = 200
const STEPS_MAX = 32

// Sticky: each step begins where the one before ended. Nothing repeats inside a repetition, so it stays linear.
const step = /\.([A-Za-z_][\w-]*)|\[(\d{1,6})\]|\['([^'\\]*)'\]|\["([^"\\]*)"\]/y

/**
 * Reads `$`, `$.status`, `$.items[0].state`, `$['a b'].c`: members and indices only, no wildcards, filters or recursion.
 * Undefined for anything else.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text.length > PATH_MAX || !text.startsWith('$')) return undefined
  const steps: (string | number)[] = []
  step.lastIndex = 1
  for (let at = 1; at < text.length; at = step.lastIndex) {
    const found = step.exec(text)
    if (found === null || steps.length >= STEPS_MAX) return undefined
    const [, name, index, single, double] = found
    steps.push(index === undefined ? (name ?? single ?? double)! : Number(index))
  }
  return steps
}

/** The value at a path; undefined when there is none. Only a value's own members count, never those of its prototype. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    if (Array.isArray(at) ? typeof key !== 'number' : typeof key === 'number') return undefined
    if (!Object.hasOwn(at, key)) return undefined
    at = (at as Record<string | number, unknown>)[key]
  }
  return at
}

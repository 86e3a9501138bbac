import { systemClock } from '#core/clock.ts'
import { crashEntry } from './sqlite-crash-writer.ts'
import { openElasticsearchWriter } from '#store/elasticsearch/writer.ts'

/** Run as a process: writes from its position on until it is killed, and says each acknowledged offset. */
const [, , url, stateFolder, prefix] = process.argv as [string, string, string, string, string]
const writer = await openElasticsearchWriter({ url, apiKey: '', stateFolder, prefix, clock: systemClock })
for (let from = writer.position(0) + 1, size = 7; ; from += size, size = (size * 31) % 97 || 1) {
  const entries = Array.from({ length: size }, (_, index) => crashEntry(from + index))
  await writer.write({ partition: 0, from, to: from + size - 1, entries })
  process.stdout.write(`${from + size - 1}\n`)
}

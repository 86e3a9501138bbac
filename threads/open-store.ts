import { join } from 'node:path'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import type { StoreReader } from '#core/event-search.ts'
import type { StoreWriter } from '#store/store.ts'

/** Opens the writing side of the home that the configuration names. Elasticsearch is loaded only when asked for. */
export async function openWriter(config: Config, clock: Clock): Promise<StoreWriter> {
  if (config.SOC_STORE === 'elasticsearch') {
    const { openElasticsearchWriter } = await import('#store/elasticsearch/writer.ts')
    return openElasticsearchWriter({
      url: config.SOC_ELASTICSEARCH_URL,
      apiKey: config.SOC_ELASTICSEARCH_API_KEY,
      stateFolder: join(config.SOC_DATA, 'store'),
      clock
    })
  }
  const { openSqliteWriter } = await import('#store/sqlite/writer.ts')
  return openSqliteWriter(join(config.SOC_DATA, 'store'), { clock })
}

/** Opens the reading side of the same home. */
export async function openReader(config: Config, clock: Clock): Promise<StoreReader> {
  if (config.SOC_STORE === 'elasticsearch') {
    const { openElasticsearchReader } = await import('#store/elasticsearch/reader.ts')
    return openElasticsearchReader({
      url: config.SOC_ELASTICSEARCH_URL,
      apiKey: config.SOC_ELASTICSEARCH_API_KEY,
      stateFolder: join(config.SOC_DATA, 'store'),
      clock
    })
  }
  const { openSqliteReader } = await import('#store/sqlite/reader.ts')
  return openSqliteReader(join(config.SOC_DATA, 'store'), { clock })
}

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SocError } from './errors.ts'
import {
  address,
  choice,
  flag,
  groupRoles,
  integer,
  list,
  networks,
  port,
  text,
  url,
  type SettingTable,
  type ValuesOf
} from './setting.ts'

/** The settings of everybody; a table of like things brings those of its rows (cli/settings.ts has all of them). */
export const settings = {
  SOC_DATA: text('folder of everything that is kept', './var'),
  SOC_CONSOLE_HOST: address('address the console listens on', '127.0.0.1'),
  SOC_CONSOLE_PORT: port('port of the console', 8045),
  SOC_INTAKE_HOST: address('address every log listener listens on', '127.0.0.1'),
  SOC_TLS_CERT: text('PEM file with the certificate chain of console and HTTP intake', '', 'a path, or empty'),
  SOC_TLS_KEY: text('PEM file with its private key', '', 'a path, or empty'),
  SOC_PLAINTEXT: flag('listen beyond loopback without TLS', false),
  SOC_STORE: choice('where events are kept', ['sqlite', 'elasticsearch'] as const, 'sqlite'),
  SOC_ELASTICSEARCH_URL: url('address of Elasticsearch or OpenSearch', 'http://127.0.0.1:9200'),
  SOC_ELASTICSEARCH_API_KEY: text('API key for Elasticsearch, base64 form', '', 'text, or empty'),
  SOC_RETENTION_DAYS: integer('days that events are kept', 365, 1, 3_650),
  SOC_SPOOL_MAX_MB: integer('size of the spool at which senders are held back, MiB', 20_480, 128, 10_485_760),
  SOC_DISK_RESERVE_MB: integer('free disk space never touched, MiB', 2_048, 1, 1_048_576),
  SOC_RULES: list('folders with Sigma rules', './rules'),
  SOC_DEMO: choice('demonstration on an empty data folder', ['auto', 'on', 'off'] as const, 'auto'),
  SOC_SILENT_AFTER_MIN: integer('minutes without an event after which a source counts as silent', 60, 1, 10_080),
  SOC_TASK_LINK_DAYS: integer('days that the link of a task stays valid while the task is open', 14, 1, 90),
  SOC_HOTLINE: text('phone of the duty desk, shown to units on the page of a task', '', 'text, or empty'),
  SOC_CATALOGUE_DATE: text('day the inventory is read for, YYYY-MM-DD', '2023-11-30', 'a day such as 2023-11-30'),
  SOC_SESSION_IDLE_MIN: integer('minutes without use after which a sign-in ends', 480, 5, 10_080),
  SOC_SESSION_HOURS: integer('hours after which a sign-in ends however much it is used', 24, 1, 720),
  SOC_OIDC_ISSUER: url('identity provider (OpenID Connect) people may sign in with; empty: none', ''),
  SOC_OIDC_CLIENT_ID: text('our client id at the identity provider', '', 'text, or empty'),
  SOC_OIDC_CLIENT_SECRET: text('our client secret at the identity provider', '', 'text, or empty'),
  SOC_OIDC_NAME: text('name of the identity provider on the sign-in button', 'SSO'),
  SOC_OIDC_ROLE_CLAIM: text('claim that lists the groups of a person', 'groups'),
  SOC_OIDC_ROLES: groupRoles('group=role pairs; when given, the provider decides the role at each sign-in'),
  SOC_OIDC_CREATE: flag('make an account for whoever has a mapped role at the identity provider', false),
  SOC_PUBLIC_URL: url('address of the console as people reach it, for links in messages', ''),
  SOC_PROBE_NETWORKS: networks(
    'private networks that probes may ask; loopback, link-local and metadata addresses never are',
    '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16'
  ),
  SOC_PROBE_CA: text('PEM file with authorities that probes trust beside the usual ones', '', 'a path, or empty'),
  SOC_LOG_LEVEL: choice('least level of the process log', ['debug', 'info', 'warn', 'error'] as const, 'info')
} satisfies SettingTable

export type Config = ValuesOf<typeof settings>

/** What the settings of one table say; a configuration that was read without them stands at their defaults. */
export function addedValues<Table extends SettingTable>(config: Config, table: Table): ValuesOf<Table> {
  const read: Readonly<Record<string, unknown>> = config
  const values = Object.entries(table).map(([name, setting]) => [
    name,
    Object.hasOwn(read, name) ? read[name] : setting.read(setting.fallback)
  ])
  return Object.fromEntries(values) as ValuesOf<Table>
}

const isLoopback = (host: string) => host === '::1' || host.startsWith('127.')

/** True when this listener may serve plain HTTP: on loopback, with TLS elsewhere, or when told so. */
export function mayListen(config: Config, host: string): boolean {
  return isLoopback(host) || config.SOC_PLAINTEXT || config.SOC_TLS_CERT !== ''
}

/**
 * Reads every setting, those of `more` too, from the environment over an optional `KEY=value` file (`SOC_CONFIG`), validates all of them
 * and freezes the result. Throws `config.invalid` with one line naming the setting, what was given and what is allowed.
 */
export function readConfig<More extends SettingTable = Record<never, never>>(
  environment: Record<string, string | undefined>,
  more?: More
): Config & ValuesOf<More> {
  const all: SettingTable = { ...settings, ...more }
  const file = environment['SOC_CONFIG'] ? readConfigFile(environment['SOC_CONFIG']) : {}
  for (const name of [...Object.keys(environment), ...Object.keys(file)]) {
    if (name.startsWith('SOC_') && name !== 'SOC_CONFIG' && !Object.hasOwn(all, name))
      throw new SocError('config.invalid', `${name} is not a setting of Vọng Lâu; see .env.example`)
  }
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(all)) {
    const given = environment[name] ?? file[name] ?? setting.fallback
    const value = setting.read(given.trim())
    if (value === undefined) {
      throw new SocError('config.invalid', `${name} is "${given}"; allowed: ${setting.allowed}`)
    }
    values[name] = value
  }
  const config = values as Config
  if ((config.SOC_TLS_CERT === '') !== (config.SOC_TLS_KEY === '')) {
    throw new SocError('config.invalid', 'SOC_TLS_CERT and SOC_TLS_KEY belong together: one of them is empty')
  }
  if (config.SOC_STORE === 'elasticsearch' && config.SOC_ELASTICSEARCH_URL === '')
    throw new SocError('config.invalid', 'SOC_STORE is "elasticsearch": set SOC_ELASTICSEARCH_URL, which is empty')
  if (config.SOC_OIDC_ISSUER !== '' && config.SOC_OIDC_CLIENT_ID === '')
    throw new SocError('config.invalid', 'SOC_OIDC_ISSUER needs SOC_OIDC_CLIENT_ID')
  if (config.SOC_OIDC_CREATE && config.SOC_OIDC_ROLES.length === 0)
    throw new SocError('config.invalid', 'SOC_OIDC_CREATE needs SOC_OIDC_ROLES: an account is made with a role')
  if (!/^\d{4}-\d{2}-\d{2}$/.test(config.SOC_CATALOGUE_DATE) || Number.isNaN(Date.parse(config.SOC_CATALOGUE_DATE))) {
    throw new SocError(
      'config.invalid',
      `SOC_CATALOGUE_DATE is "${config.SOC_CATALOGUE_DATE}"; allowed: a day such as 2023-11-30`
    )
  }
  for (const name of ['SOC_CONSOLE_HOST', 'SOC_INTAKE_HOST'] as const) {
    if (!mayListen(config, config[name])) {
      throw new SocError(
        'config.invalid',
        `${name} is "${config[name]}", beyond loopback: set SOC_TLS_CERT and SOC_TLS_KEY, or SOC_PLAINTEXT=on to do without TLS`
      )
    }
  }
  return Object.freeze({
    ...values,
    SOC_DATA: resolve(config.SOC_DATA),
    SOC_RULES: config.SOC_RULES.map((path) => resolve(path))
  }) as Config & ValuesOf<More>
}

/** `KEY=value` lines; `#` starts a comment line. */
function readConfigFile(path: string): Record<string, string> {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    throw new SocError('config.invalid', `SOC_CONFIG is "${path}": the file cannot be read`, { cause: error })
  }
  const values: Record<string, string> = {}
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const equals = line.indexOf('=')
    if (equals < 1) throw new SocError('config.invalid', `${path}:${index + 1}: expected KEY=value`)
    values[line.slice(0, equals).trim()] = line.slice(equals + 1).trim()
  }
  return values
}

import type { AddressInfo } from 'node:net'
import { type Config, mayListen } from '#core/config.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { App } from './context.ts'

/**
 * Listens where the configuration says and returns the address for a browser, with the port the system chose when it
 * was 0. Prints nothing. Throws `console.listen` when the address is taken or not ours, or when TLS is missing beyond loopback.
 */
export async function startServer(app: App, config: Config): Promise<string> {
  const host = config.SOC_CONSOLE_HOST
  if (!mayListen(config, host))
    throw new SocError('console.listen', `${host} is beyond loopback and TLS is not configured`)
  try {
    await app.listen({ host, port: config.SOC_CONSOLE_PORT })
  } catch (error) {
    throw new SocError(
      'console.listen',
      `the console cannot listen on ${host}:${config.SOC_CONSOLE_PORT}: ${messageOf(error)}`,
      {
        cause: error
      }
    )
  }
  const { port } = app.server.address() as AddressInfo
  // Every address at once is no address for a browser.
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `${config.SOC_TLS_CERT === '' ? 'http' : 'https'}://${shown}:${port}/`
}

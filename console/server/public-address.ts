import type { Config } from '#core/config.ts'

/**
 * The console as people reach it: the setting, else what this request was sent to. What a request claims is good enough for
 * an answer to that request alone (the identity provider checks the address it sends people back to), never for messages.
 */
export function publicAddress(config: Config, request: { protocol: string; host: string }): string {
  if (config.SOC_PUBLIC_URL !== '') return config.SOC_PUBLIC_URL
  const said = `${request.protocol}://${request.host}`
  return URL.canParse(said) ? said : 'http://127.0.0.1'
}

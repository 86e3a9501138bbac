/** The part of oidc-provider (tests only) that we use; the package brings no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'
  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    callback(): RequestListener
  }
  export default Provider
}

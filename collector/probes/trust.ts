import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { messageOf, SocError } from '#core/errors.ts'

/** Certificates of a chain that are looked at; longer ones are not seen in the wild. */
const CHAIN_MAX = 10

/** Since when and until when; null when a certificate says nothing readable. */
export type Validity = { from: number | null; until: number | null }

/** Authorities that are trusted: to connect with, and to know which of the presented certificates count. */
export class Trust {
  readonly context: SecureContext
  readonly #authorities: readonly string[]
  #bySubject: Map<string, X509Certificate[]> | undefined

  /** `authorities` are PEM. */
  constructor(authorities: readonly string[]) {
    this.#authorities = authorities
    this.context = createSecureContext({ ca: [...authorities] })
  }

  /**
   * How long the chain from this certificate to an authority holds. OpenSSL ends a chain at the first authority it trusts,
   * like browsers: what a server presents beyond it (the cross-signature of a root by an older one that has ended) does not
   * count, nor does the authority itself, unless it has ended. `accepted`: the chain was verified, so that everything in it
   * is valid.
   */
  validity(peer: X509Certificate | undefined, accepted: boolean, now: number): Validity {
    let from = -Infinity
    let until = Infinity
    let certificate = peer
    for (let depth = 0; depth < CHAIN_MAX && certificate !== undefined; depth++) {
      from = Math.max(from, read(certificate.validFrom, -Infinity))
      until = Math.min(until, read(certificate.validTo, Infinity))
      const trusted = this.#issuerOf(certificate, now)
      const next: X509Certificate | undefined = trusted ?? certificate.issuerCertificate
      if (next === undefined || next.subject === next.issuer) {
        if (trusted !== undefined && !accepted && hasEnded(trusted, now))
          until = Math.min(until, read(trusted.validTo, until))
        break
      }
      if (accepted && hasEnded(next, now)) break
      certificate = next
    }
    return { from: Number.isFinite(from) ? from : null, until: Number.isFinite(until) ? until : null }
  }

  /** The authority that signed a certificate, preferably one that is still valid; undefined when none of ours did. */
  #issuerOf(certificate: X509Certificate, now: number): X509Certificate | undefined {
    this.#bySubject ??= Map.groupBy(this.#authorities.flatMap(certificatesIn), ({ subject }) => subject)
    const named = this.#bySubject.get(certificate.issuer) ?? []
    const signers = named.filter((authority) => isSignedBy(certificate, authority))
    return signers.find((authority) => !hasEnded(authority, now)) ?? signers[0]
  }
}

/** Names alone prove nothing: two authorities may have the same. */
function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
  } catch {
    // A key of a kind that cannot be read here signs nothing that is verified here.
    return false
  }
}

const hasEnded = (certificate: X509Certificate, now: number) => read(certificate.validTo, Infinity) < now

function read(text: string, otherwise: number): number {
  const at = Date.parse(text)
  return Number.isNaN(at) ? otherwise : at
}

const pemBlocks = (text: string) => text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []

function certificatesIn(text: string): X509Certificate[] {
  return pemBlocks(text).flatMap((pem) => {
    try {
      return [new X509Certificate(pem)]
    } catch {
      // One of the system's that cannot be read signs nothing here.
      return []
    }
  })
}

/**
 * Authorities that probes trust: Node's own, those of a PEM file, and `more` as PEM. Throws `config.invalid` when the file
 * cannot be read.
 */
export function trustedBy(caFile: string, more: readonly string[] = []): Trust {
  if (caFile === '') return new Trust([...getCACertificates('default'), ...more])
  try {
    const own = pemBlocks(readFileSync(caFile, 'utf8'))
    if (own.length === 0) throw new Error('no certificate in PEM form')
    for (const pem of own) new X509Certificate(pem)
    return new Trust([...getCACertificates('default'), ...own, ...more])
  } catch (error) {
    throw new SocError('config.invalid', `SOC_PROBE_CA is "${caFile}": ${messageOf(error)}`, { cause: error })
  }
}

import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { DAY_MS } from '#core/time.ts'

/** A key and its certificate, both PEM. */
export type Certified = { key: string; certificate: string }

/** An authority of its own, made at start and gone at the end: no key of it is ever written down. */
export type Authority = {
  /** PEM, for those who shall trust it. */
  certificate: string
  /** A server's certificate for these names and addresses, valid from a day before `at` for so many days. */
  issue(names: readonly string[], at: number, days: number): Certified
}

const tlv = (tag: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts)
const octets = (body: Buffer) => tlv(0x04, body)
const oid = (encoded: string) => tlv(0x06, Buffer.from(encoded, 'hex'))
const yes = Buffer.from([0x01, 0x01, 0xff])

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const nameOf = (text: string) => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(text)))))
// GeneralizedTime for every year: RFC 5280 wants UTCTime until 2049, readers take both.
const timeOf = (ms: number) => {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return text < '2050' ? tlv(0x17, Buffer.from(`${text.slice(2)}Z`)) : tlv(0x18, Buffer.from(`${text}Z`))
}
const basicConstraints = (authority: boolean) =>
  sequence(oid('551d13'), yes, octets(authority ? sequence(yes) : sequence()))
const alternativeNames = (names: readonly string[]) =>
  sequence(
    oid('551d11'),
    octets(
      sequence(
        ...names.map((name) =>
          isIPv4(name) ? tlv(0x87, Buffer.from(name.split('.').map(Number))) : tlv(0x82, Buffer.from(name))
        )
      )
    )
  )

/** One certificate, PEM: an authority's own, or a server's when it has `names`. */
export function issueCertificate(about: {
  subject: string
  issuer: string
  publicKey: KeyObject
  signedBy: KeyObject
  from: number
  until: number
  names?: readonly string[] | undefined
}): string {
  const { names } = about
  const extensions = names === undefined ? [basicConstraints(true)] : [basicConstraints(false), alternativeNames(names)]
  // A positive serial number: the first bit is cleared, the next set.
  const serial = randomBytes(12)
  serial[0] = (serial[0]! & 0x3f) | 0x40
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    ecdsaWithSha256,
    nameOf(about.issuer),
    sequence(timeOf(about.from), timeOf(about.until)),
    nameOf(about.subject),
    about.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions))
  )
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, about.signedBy))
  const der = sequence(body, ecdsaWithSha256, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** A key pair for a certificate. */
export const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A new authority named `name`, valid for ten years around `at`. */
export function createAuthority(name: string, at: number): Authority {
  const own = newKeys()
  const validity = { from: at - DAY_MS, until: at + 3_650 * DAY_MS }
  return {
    certificate: issueCertificate({
      subject: name,
      issuer: name,
      publicKey: own.publicKey,
      signedBy: own.privateKey,
      ...validity
    }),
    issue(names, issuedAt, days) {
      const server = newKeys()
      return {
        key: String(server.privateKey.export({ type: 'pkcs8', format: 'pem' })),
        certificate: issueCertificate({
          subject: names[0] ?? 'server',
          issuer: name,
          publicKey: server.publicKey,
          signedBy: own.privateKey,
          from: issuedAt - DAY_MS,
          until: issuedAt + days * DAY_MS,
          names
        })
      }
    }
  }
}

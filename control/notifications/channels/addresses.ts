import type { Bilingual } from '#core/match.ts'

/** One kind of address a person can have; channels that go to the same kind share the object. */
export type AddressKind = {
  /** As the database keeps it. */
  name: string
  /** What the form of a person's contacts calls it. */
  label: Bilingual
  /** The form's field. */
  input: 'text' | 'email'
  /** What may be written into the form: characters, and a pattern that holds for an empty field too. */
  maxLength: number
  pattern: string
  /** The address as drivers want it; undefined for a text that is none. */
  plain(text: string): string | undefined
}

/** `0912 345 678`, `+84 912…` → `84912…`, as the gateways want it; undefined for what is no Vietnamese number. */
export function plainPhone(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, '')
  const national = /^(?:\+?84|0)(\d{9,10})$/.exec(digits)?.[1]
  return national === undefined ? undefined : `84${national}`
}

export const phone: AddressKind = {
  name: 'phone',
  label: { vi: 'Điện thoại', en: 'Phone' },
  input: 'text',
  maxLength: 20,
  pattern: '^(\\+?[0-9 .-]{8,20})?$',
  plain: plainPhone
}

export const mailbox: AddressKind = {
  name: 'email',
  label: { vi: 'Thư điện tử', en: 'E-mail' },
  input: 'email',
  maxLength: 200,
  pattern: '^([^\\s@<>"]+@[^\\s@<>"]+)?$',
  plain: (text) => (/^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,190}$/.test(text.trim()) ? text.trim() : undefined)
}

/** An id that a provider gave to a person or a chat. */
export const providerId = (name: string, label: Bilingual, pattern = '^[A-Za-z0-9_-]*$'): AddressKind => ({
  name,
  label,
  input: 'text',
  maxLength: 64,
  pattern,
  plain: (text) => (/^-?[A-Za-z0-9_@-]{1,64}$/.test(text) ? text : undefined)
})

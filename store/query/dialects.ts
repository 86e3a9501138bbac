import { isIP } from 'node:net'
import { QueryFault } from './fault.ts'
import { looksLikeNetwork } from './range.ts'

const regularExpression = /^\/.+\/i?$/
const nearness = /~(\d+(\.\d+)?)?$/
const weight = /\^\d+(\.\d+)?$/
const assignment = /^([@\p{L}_][\p{L}\p{N}_.@-]*)(==|!=|>=|<=|=~|!~|=|>|<)(.*)$/u
/** A name before a colon as people write it, with what no field name has: an index, a wildcard, an accent. */
const nameLike = /^([\p{L}_@*][^\s:"\\/]*):(?!\/\/|\\|:)/u
const hardware = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i

/**
 * Refuses what other query languages would understand in a word without quotation marks. Searched as a text it would
 * answer another question than the one asked; each refusal says how to write it here.
 */
export function refuseDialect(raw: string, at: number, field: string | undefined) {
  // A pasted address of the web is a text, whatever it holds.
  if (raw.includes('://')) return
  const quoted = `"${raw.replaceAll('"', '')}"`
  const plain = field === undefined ? quoted : `${field}:${quoted}`
  const refuse = (found: string, instead: string, offset = 0): never => {
    throw new QueryFault('query.write_instead', at + offset, {
      found: found.slice(0, 60),
      instead: instead.slice(0, 120)
    })
  }
  if (regularExpression.test(raw)) refuse(raw, `${plain}, ${field === undefined ? '' : `${field}:`}*…*`)
  const suffix = nearness.exec(raw) ?? weight.exec(raw)
  if (suffix !== null) {
    const word = raw.slice(0, suffix.index)
    refuse(suffix[0], word === '' ? '"…"' : `${field === undefined ? '' : `${field}:`}${word}*, ${plain}`, suffix.index)
  }
  if (field === undefined) refuseWord(raw, quoted, refuse)
  else if (raw.startsWith('!')) refuse('!', `NOT ${field}:${raw.replace(/^[!=~]+/, '') || '…'}`)
  else if (/^[=~]/.test(raw)) refuse(raw[0]!, `${field}:${raw.replace(/^[=~]+/, '') || '…'}`)
}

function refuseWord(raw: string, quoted: string, refuse: (found: string, instead: string, offset?: number) => never) {
  const [, name = '', operator = '', value = ''] = assignment.exec(raw) ?? []
  if (operator !== '') {
    const compared = /^[<>]/.test(operator) ? operator : ''
    const not = operator.startsWith('!') ? 'NOT ' : ''
    refuse(operator, `${not}${name}:${compared}${value || '…'}, ${quoted}`, name.length)
  }
  if (looksLikeNetwork(raw)) refuse(raw, `source.ip:${raw}, ${quoted}`)
  if (/^(-[-!]|!{2}|![=~-])/.test(raw) && /[\p{L}\p{N}]/u.test(raw))
    refuse(raw, `${quoted}, NOT ${raw.replace(/^[-!=~]+/, '')}`)
  if (/^:[\p{L}\p{N}]/u.test(raw)) refuse(':', `host.name:${raw.slice(1)}, ${quoted}`)
  if (raw.startsWith('{')) refuse('{', quoted)
  const head = nameLike.exec(raw)?.[1]
  if (head !== undefined && isIP(raw) === 0 && !hardware.test(raw)) {
    const path = head.replace(/\[\d*\]/g, '')
    refuse(`${head}:`, /^[@A-Za-z_][\w.@-]*$/.test(path) ? `${path}:${raw.slice(head.length + 1)}` : quoted)
  }
}

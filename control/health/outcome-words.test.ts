import { describe, expect, it } from 'vitest'
import { outcomeWords } from './outcome-words.ts'

describe('why a probe fails, in words', () => {
  it('names no address and nothing that a page or a certificate said', () => {
    for (const code of [
      'tcp.refused',
      'tcp.reset',
      'tls.name',
      'http.keyword',
      'network.forbidden',
      'timeout',
      'slow'
    ]) {
      const words = outcomeWords(code, '10.1.2.3:8443 noi-bo.example.vn')
      expect([code, words === null]).toEqual([code, false])
      expect(`${words?.vi} ${words?.en}`).not.toMatch(/10\.1\.2\.3|noi-bo/)
    }
  })
  it('keeps the status of an HTTP answer, which everybody knows', () => {
    expect(outcomeWords('http.status', 'HTTP 503 Service Unavailable')).toEqual({
      vi: 'trả lời HTTP 503',
      en: 'it answers HTTP 503'
    })
    expect(outcomeWords('http.status', 'x 10.0.0.1')?.vi).toBe('trang trả lời không đúng')
  })
  it('says nothing for what it does not know', () => {
    expect(outcomeWords('elsewhere', '')).toBeNull()
    expect(outcomeWords('tcpx', '')).toBeNull()
  })
})

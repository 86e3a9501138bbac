import { expect, it } from 'vitest'
import { senderSnippets } from './snippets.ts'

const facts = { token: 'vl_example', host: '192.0.2.10', httpPort: 8046, syslogPort: 5514 }

it('every snippet names the server, and each that can carry a token carries it', () => {
  for (const { name, text } of senderSnippets(facts)) {
    expect(text).toContain('192.0.2.10')
    expect([name, text.includes('vl_example')]).toEqual([name, name !== 'rsyslog (omfwd)'])
    expect(text).toContain(name === 'rsyslog (omfwd)' ? '5514' : '8046')
    expect(text).not.toContain('https')
  }
})

it('an IPv6 address is bracketed in URLs, TLS is said, and a wildcard address is left to the people who know', () => {
  const texts = (change: Partial<typeof facts> & { tls?: boolean }) =>
    senderSnippets({ ...facts, ...change }).map((snippet) => snippet.text)
  expect(texts({ host: '2001:db8::10' })[0]).toContain('http://[2001:db8::10]:8046/v1/events')
  expect(texts({ tls: true })[0]).toContain('https://192.0.2.10:8046/v1/events')
  expect(texts({ tls: true })[1]).toContain('usehttps="on"')
  for (const text of texts({ host: '0.0.0.0' })) expect(text).toContain('SOC_ADDRESS')
})

import { describe, expect, it } from 'vitest'
import { at, eventOf, pick } from '#testing/frames.ts'

const time = '[23/Nov/2026:07:30:52 +0700]'

describe('access logs', () => {
  it('reads the combined format', () => {
    const event = eventOf(
      `192.0.2.31 - - ${time} "GET /thu-tuc/h%E1%BB%99-t%E1%BB%8Bch.pdf?trang=2&x=%27 HTTP/2.0" 200 18230 "https://phongthu.example/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"`
    )
    expect(event['@timestamp']).toBe('2026-11-23T00:30:52.000Z')
    expect(
      pick(event, 'event.dataset', 'event.outcome', 'source.ip', 'url', 'http', 'user_agent.name', 'user_agent.os.full')
    ).toEqual({
      'event.dataset': 'nginx.access',
      'event.outcome': 'success',
      'source.ip': '192.0.2.31',
      url: {
        original: '/thu-tuc/h%E1%BB%99-t%E1%BB%8Bch.pdf?trang=2&x=%27',
        path: '/thu-tuc/hộ-tịch.pdf',
        query: 'trang=2&x=%27',
        extension: 'pdf'
      },
      http: {
        request: { method: 'GET', referrer: 'https://phongthu.example/' },
        version: '2.0',
        response: { status_code: 200, body: { bytes: 18230 } }
      },
      'user_agent.name': 'Firefox',
      'user_agent.os.full': 'Windows 10'
    })
  })

  it('reads the virtual host in front', () => {
    const event = eventOf(`xuanphu.example:443 192.0.2.31 - - ${time} "GET / HTTP/1.1" 404 5 "-" "-"`)
    expect(pick(event, 'url.domain', 'destination', 'source.ip', 'event.outcome', 'user_agent')).toEqual({
      'url.domain': 'xuanphu.example',
      destination: { domain: 'xuanphu.example', port: 443 },
      'source.ip': '192.0.2.31',
      'event.outcome': 'failure',
      user_agent: undefined
    })
  })

  it('takes the first public address of a proxy chain', () => {
    const event = eventOf(`10.0.0.2, 10.0.0.1, 198.51.100.7 - - ${time} "GET / HTTP/1.1" 200 5 "-" "-"`)
    expect(pick(event, 'source.ip', 'nginx.access.remote_ip_list')).toEqual({
      'source.ip': '198.51.100.7',
      'nginx.access.remote_ip_list': ['10.0.0.2', '10.0.0.1', '198.51.100.7']
    })
  })

  it('keeps requests that are no HTTP as evidence without fields', () => {
    const event = eventOf(`203.0.113.24 - - ${time} "\\x16\\x03\\x01" 400 157 "-" "-"`)
    expect(pick(event, 'http.response.status_code', 'http.request', 'url', 'event.outcome')).toEqual({
      'http.response.status_code': 400,
      'http.request': undefined,
      url: undefined,
      'event.outcome': 'failure'
    })
  })

  it('keeps a path with a broken escape as it came', () => {
    expect(at(eventOf(`192.0.2.1 - - ${time} "GET /%zz%E1 HTTP/1.1" 400 1 "-" "-"`), 'url.path')).toBe('/%zz%E1')
  })

  it('reads the user of basic authentication, also one with spaces', () => {
    expect(at(eventOf(`192.0.2.1 - can bo [x] ${time} "GET / HTTP/1.1" 401 1 "-" "-"`), 'user.name')).toBe('can bo [x]')
  })

  it('reads lines that came by syslog, and tells Apache by its program', () => {
    const nginx = eventOf(`<190>Nov 23 07:30:52 cong nginx: 192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 1 "-" "-"`)
    expect(pick(nginx, 'event.dataset', 'host.name', 'process.name')).toEqual({
      'event.dataset': 'nginx.access',
      'host.name': 'cong',
      'process.name': 'nginx'
    })
    const apache = eventOf(`<190>Nov 23 07:30:52 cong apache2: 192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 -`)
    expect(pick(apache, 'event.dataset', 'apache.access.remote_ip_list')).toEqual({
      'event.dataset': 'apache.access',
      'apache.access.remote_ip_list': ['192.0.2.1']
    })
  })

  it('tells Apache by what the protocol says of the content', () => {
    const hint = { hint: 'filebeat-8.17.0-apache-access-pipeline' }
    expect(at(eventOf(`::1 - - ${time} "GET / HTTP/1.1" 200 1`, hint), 'event.dataset')).toBe('apache.access')
  })

  it('keeps a user agent that names a program it knows, and one that names none', () => {
    const agent = (text: string) => eventOf(`192.0.2.1 - - ${time} "GET / HTTP/1.1" 200 1 "-" "${text}"`)
    expect(at(agent('sqlmap/1.8.2#stable'), 'user_agent')).toMatchObject({ name: 'sqlmap', version: '1.8.2' })
    expect(at(agent('something else'), 'user_agent')).toEqual({
      original: 'something else',
      name: 'Other',
      device: { name: 'Other' }
    })
  })
})

describe('access logs as clients would have them', () => {
  const line = (head: string, request: string, time = '23/Nov/2026:07:30:52 +0700') =>
    `${head}[${time}] "${request}" 200 612 "-" "curl/8"`

  it.each([
    ['192.0.2.7 -   ', '192.0.2.7', undefined],
    ['192.0.2.7 -  ', '192.0.2.7', undefined],
    ['192.0.2.7 - "" ', '192.0.2.7', undefined],
    ['192.0.2.7 - le van an ', '192.0.2.7', 'le van an'],
    ['192.0.2.7 - x - 198.51.100.9 - y ', '192.0.2.7', 'x - 198.51.100.9 - y'],
    ['192.0.2.7 - [23/Nov/2026:07:30:52 +0700] ', '192.0.2.7', '[23/Nov/2026:07:30:52 +0700]'],
    ['192.0.2.7 ident an ', '192.0.2.7', 'an'],
    ['192.0.2.7\t-\tan\t', '192.0.2.7', 'an'],
    ['192.0.2.7 - a\\x22b ', '192.0.2.7', 'a"b'],
    ['www.example:443 192.0.2.7 - an ', '192.0.2.7', 'an'],
    ['10.0.0.1, 192.0.2.7 - an ', '192.0.2.7', 'an'],
    ['::ffff:192.0.2.7 - an ', '192.0.2.7', 'an'],
    ['[2001:DB8::5]:443 - an ', '2001:db8::5', 'an']
  ])('the client stands first, whatever the user is called: %s', (head, ip, user) => {
    expect(pick(eventOf(line(head, 'GET / HTTP/1.1')), 'source.ip', 'user.name')).toEqual({
      'source.ip': ip,
      'user.name': user
    })
  })

  it.each([
    ['GET /a.php?x=1', 'GET', '/a.php', 'x=1'],
    ['GET  /a.php?x=1   HTTP/1.0', 'GET', '/a.php', 'x=1'],
    ['GET\t/a.php\tHTTP/1.1', 'GET', '/a.php', undefined],
    ['GET /a b.php HTTP/2.0', 'GET', '/a b.php', undefined],
    [`${'X'.repeat(80)} /a.php HTTP/3`, 'X'.repeat(80), '/a.php', undefined],
    ['GET http://www.example/a.php?x=1 HTTP/1.1', 'GET', '/a.php', 'x=1'],
    ['GET /a.php HTTP/1.1 ', 'GET', '/a.php', undefined],
    ['OPTIONS * HTTP/1.1', 'OPTIONS', '*', undefined],
    ['hello world', undefined, undefined, undefined],
    ['\\x16\\x03\\x01', undefined, undefined, undefined],
    ['', undefined, undefined, undefined]
  ])('a request in any form: %s', (request, method, path, query) => {
    expect(pick(eventOf(line('192.0.2.7 - - ', request)), 'http.request.method', 'url.path', 'url.query')).toEqual({
      'http.request.method': method,
      'url.path': path,
      'url.query': query
    })
  })

  it('a proxy’s target names its host', () => {
    const event = eventOf(line('192.0.2.7 - - ', 'CONNECT www.example:443 HTTP/1.1'))
    expect(pick(event, 'url.domain', 'url.port', 'url.path')).toEqual({
      'url.domain': 'www.example',
      'url.port': 443,
      'url.path': undefined
    })
  })

  it('escapes become what they stand for, and broken ones stay', () => {
    const event = eventOf(line('192.0.2.7 - - ', 'GET /\\x22\\xC3\\xA0\\u00e0\\xFF\\q HTTP/1.1'))
    expect(at(event, 'url.original')).toBe('/"àà\\xFF\\q')
  })

  it.each(['23/Nov/2026:07:30:52.000 +0700', '2026-11-23T07:30:52+07:00', '23/Nov/2026:07:30:52.000000 +0700'])(
    'the time may be written otherwise: %s',
    (time) => {
      expect(eventOf(line('192.0.2.7 - - ', 'GET / HTTP/1.1', time))['@timestamp']).toBe('2026-11-23T00:30:52.000Z')
    }
  )
})

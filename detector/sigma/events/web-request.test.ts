import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toSigmaEvent } from './event.ts'
import { plainPath, plainQuery } from './web-request.ts'

describe('the plain form of a query', () => {
  it.each([
    ['id=1%27/**/or/**/%271%27=%271', "id=1' or '1'='1"],
    ['id=1+UnIoN%0d%0aSeLeCt+1', 'id=1 UnIoN SeLeCt 1'],
    ['id=1%09union%0bselect%0c1%a0', 'id=1 union select 1 '],
    ['id=1/*!50000union*//*!select*/1', 'id=1 union select 1'],
    ['id=1%2520union%252f%252a%252a%252fselect', 'id=1 union select'],
    ['id=1%23x%0aunion--%20y%0aselect', 'id=1 union select'],
    ['id=1/*never closed', 'id=1 '],
    ['id=%u0027%20or', "id=' or"],
    ['id=%EF%BC%87or', "id='or"],
    ['a=100%&b=%zz+%27', "a=100%&b=%zz '"],
    ['page=2&sort=asc', 'page=2&sort=asc']
  ])('%s', (query, plain) => {
    expect(plainQuery(query)).toBe(plain)
  })

  it('is found in linear time and never throws, whatever is sent', () => {
    for (const piece of ['/*', '%', '--', '#\n', '*/', '/*!', '%25']) {
      expect(plainQuery(piece.repeat(100_000)).length).toBeLessThanOrEqual(300_000)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void [plainQuery(text), plainPath(text)]))
  })
})

describe('the plain form of a path', () => {
  it.each([
    ['/uploads/a.jsp;x=1', '/uploads/a.jsp'],
    ['/uploads;p=1/a.jsp;jsessionid=2', '/uploads/a.jsp'],
    ['/up%6coads//a%2ephp', '/uploads/a.php'],
    ['/x/../uploads/./a.php', '/uploads/a.php'],
    ['\\uploads\\a.aspx', '/uploads/a.aspx'],
    ['/uploads/a.asp.', '/uploads/a.asp'],
    ['/uploads/a.asp%20', '/uploads/a.asp'],
    ['/uploads/a.php::$DATA', '/uploads/a.php'],
    ['/uploads/a.php%00.jpg', '/uploads/a.php'],
    ['/uploads/a%252ephp', '/uploads/a.php'],
    ['/uploads/%c0%ae%c0%ae/b.php', '/b.php'],
    ['/thư-mục/', '/thư-mục/'],
    ['/', '/']
  ])('%s', (path, plain) => {
    expect(plainPath(path)).toBe(plain)
  })
})

it('rules read both forms by the names they use, and the plain one alone by its own', () => {
  const url = { path: '/uploads/a.jsp;x=1', query: 'q=1/**/or', original: '/uploads/a.jsp;x=1?q=1/**/or' }
  const event = toSigmaEvent({ event: { dataset: 'nginx.access' }, url })
  const request = '/uploads/a.jsp;x=1?q=1 or'
  expect(event.get('cs-uri-stem')).toEqual([url.path, '/uploads/a.jsp'])
  expect(event.get('cs-uri-query')).toEqual([url.query, url.original, request])
  expect(event.get('c-uri')).toEqual([url.original, request])
  expect(event.get('c-uri-extension')).toBe('jsp')
  expect(event.get('url.plain.path')).toBe('/uploads/a.jsp')
  expect(event.get('url.plain.request')).toBe(request)
  const simple = toSigmaEvent({ event: { dataset: 'nginx.access' }, url: { path: '/a.png', original: '/A.png' } })
  expect(simple.get('url.path')).toBe('/a.png')
  expect(simple.get('c-uri')).toEqual('/A.png')
})

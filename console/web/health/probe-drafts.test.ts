import { expect, it } from 'vitest'
import { probeKindNames, type ProbeTarget, kindNamed } from '#core/probes/target.ts'
import { freshDraft, leastShown, shownFields, targetOf } from './probe-drafts.ts'

it('a form starts each kind with what most systems need', () => {
  expect(probeKindNames.map((kind) => JSON.stringify(targetOf(kind, shownFields(kind))))).toEqual([
    '{"kind":"http","url":"https://","method":"GET","statuses":[],"keyword":"","notKeyword":"","jsonPath":"","jsonValue":"","slowMs":3000,"certificateDays":14,"redirects":2}',
    '{"kind":"tcp","host":"","port":443,"slowMs":0}',
    '{"kind":"tls","host":"","port":443,"serverName":"","certificateDays":14}',
    '{"kind":"dns","name":"","type":"A","expected":[],"server":""}',
    '{"kind":"heartbeat","everyMs":300000,"graceMs":120000,"officeHours":false}'
  ])
  expect(freshDraft('hue-s').target).toEqual(targetOf('http', shownFields('http')))
})

it('a form that nobody changed stands for the very same target', () => {
  const targets: ProbeTarget[] = [
    {
      ...(freshDraft('hue-s').target as Extract<ProbeTarget, { kind: 'http' }>),
      url: 'https://dvc.example.vn/',
      statuses: [200, 301]
    },
    { kind: 'dns', name: 'example.vn', type: 'TXT', expected: ['a b', 'c'], server: '' },
    { kind: 'heartbeat', everyMs: 90_000, graceMs: 100, officeHours: true }
  ]
  for (const target of targets) expect(targetOf(target.kind, shownFields(target.kind, target))).toEqual(target)
})

it('lists are typed as text and minutes as minutes', () => {
  const dns: ProbeTarget = {
    kind: 'dns',
    name: 'example.vn',
    type: 'A',
    expected: ['192.0.2.1', '192.0.2.2'],
    server: ''
  }
  expect(shownFields('dns', dns)['expected']).toBe('192.0.2.1\n192.0.2.2')
  expect(targetOf('dns', { ...shownFields('dns', dns), expected: ' 192.0.2.3 \n\n' })).toMatchObject({
    expected: ['192.0.2.3']
  })
  expect(targetOf('http', { ...shownFields('http'), statuses: '200, 204;301' })).toMatchObject({
    statuses: [200, 204, 301]
  })
  expect(targetOf('heartbeat', { ...shownFields('heartbeat'), everyMs: 1.5 })).toMatchObject({ everyMs: 90_000 })
  const every = kindNamed('heartbeat').fields['everyMs']!
  expect(every.is === 'number' && leastShown(every)).toBe(0.1)
})

it('the fields of another kind start afresh', () => {
  expect(shownFields('tcp', { kind: 'tls', host: 'a', port: 1, serverName: '', certificateDays: 0 })).toEqual({
    host: '',
    port: 443,
    slowMs: 0
  })
})

import Schema from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import { ProbeTargetSchema } from '../api/probe-target.ts'
import { hostsOf, kindNamed, placeOf, probeKindNames, summaryOf, type ProbeTarget } from './target.ts'

/** Targets as data folders hold them. */
const stored: Record<string, string> = {
  http: '{"kind":"http","url":"https://dvc.example.vn/a?b=c","method":"HEAD","statuses":[200,301],"keyword":"Hồ sơ","notKeyword":"bảo trì","jsonPath":"$.items[0].state","jsonValue":"ok","slowMs":3000,"certificateDays":14,"redirects":2}',
  tcp: '{"kind":"tcp","host":"db.example.vn","port":5432,"slowMs":0}',
  tls: '{"kind":"tls","host":"203.0.113.5","port":8443,"serverName":"lgsp.example.vn","certificateDays":30}',
  dns: '{"kind":"dns","name":"example.vn","type":"MX","expected":["10 mail.example.vn","mail2.example.vn"],"server":"192.0.2.53"}',
  heartbeat: '{"kind":"heartbeat","everyMs":90000,"graceMs":0,"officeHours":true}'
}
const targetOf = (kind: string) => JSON.parse(stored[kind]!) as ProbeTarget

describe('kinds of probes', () => {
  const shape = Schema.Compile(ProbeTargetSchema)

  it.each(Object.keys(stored))('a stored %s probe is read as before', (kind) => {
    const target = targetOf(kind)
    expect(shape.Check(target)).toBe(true)
    expect(['kind', ...Object.keys(kindNamed(target.kind).fields)]).toEqual(Object.keys(target))
    for (const field of Object.keys(target)) {
      const { [field]: _gone, ...rest } = target as unknown as Record<string, unknown>
      expect([field, shape.Check(rest)]).toEqual([field, false])
    }
  })

  it('refuse values beyond the limits of their fields', () => {
    const wrong = [
      { ...targetOf('http'), statuses: [99] },
      { ...targetOf('http'), url: 'http://' },
      { ...targetOf('http'), method: 'POST' },
      { ...targetOf('tcp'), port: 65_536 },
      { ...targetOf('tcp'), port: 1.5 },
      { ...targetOf('dns'), expected: Array<string>(21).fill('a') },
      { ...targetOf('heartbeat'), everyMs: 4_999 },
      { ...targetOf('tcp'), kind: 'icmp' }
    ]
    expect(wrong.filter((target) => shape.Check(target))).toEqual([])
  })

  it('say which machines they ask, and where they point', () => {
    const rows = Object.keys(stored).map((kind) => [
      hostsOf(targetOf(kind)),
      placeOf(targetOf(kind)),
      summaryOf(targetOf(kind))
    ])
    expect(rows).toEqual([
      [['dvc.example.vn'], 'https://dvc.example.vn/a?b=c', 'https://dvc.example.vn/a?b=c'],
      [['db.example.vn'], 'db.example.vn:5432', 'db.example.vn:5432'],
      [['203.0.113.5'], '203.0.113.5:8443', '203.0.113.5:8443'],
      [['example.vn'], 'example.vn', 'MX example.vn'],
      [[], '', '']
    ])
    expect(hostsOf({ ...targetOf('http'), url: 'no address' } as ProbeTarget)).toEqual([])
  })

  it('have a name, a sentence and labels in both languages', () => {
    for (const name of probeKindNames) {
      const { label, help, fields, outcomes, reasons } = kindNamed(name)
      const texts = [label, help, ...Object.values(outcomes), ...Object.values(reasons)]
      for (const field of Object.values(fields))
        texts.push(field.label, ...(field.hint === undefined ? [] : [field.hint]))
      for (const { vi, en } of texts) expect([name, vi !== '', en !== '']).toEqual([name, true, true])
    }
  })
})

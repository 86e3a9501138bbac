import { describe, expect, it } from 'vitest'
import { at, eventOf, pick } from '#testing/frames.ts'

const line = (program: string, message: string) => eventOf(`<38>Nov 23 07:30:52 web-phongthu ${program}: ${message}`)
const login = ['event.action', 'event.outcome', 'user.name', 'source.ip', 'source.port'] as const

describe('sshd', () => {
  it('says who came in, from where and how', () => {
    const event = line('sshd[1]', 'Accepted publickey for lan from 192.0.2.10 port 42000 ssh2: ED25519 SHA256:EXAMPLE')
    expect(pick(event, ...login, 'event.category', 'related.ip', 'related.user', 'related.hosts')).toEqual({
      'event.action': 'ssh_login',
      'event.outcome': 'success',
      'event.category': ['authentication', 'session'],
      'user.name': 'lan',
      'source.ip': '192.0.2.10',
      'source.port': 42000,
      'related.ip': ['192.0.2.10'],
      'related.user': ['lan'],
      'related.hosts': ['web-phongthu']
    })
    expect(at(event, 'system.auth.ssh')).toEqual({
      event: 'Accepted',
      method: 'publickey',
      signature: 'ED25519 SHA256:EXAMPLE'
    })
  })

  it('says who did not', () => {
    const event = line('sshd[1]', 'Failed password for invalid user admin from 203.0.113.24 port 40023 ssh2')
    expect(pick(event, ...login)).toEqual({
      'event.action': 'ssh_login',
      'event.outcome': 'failure',
      'user.name': 'admin',
      'source.ip': '203.0.113.24',
      'source.port': 40023
    })
  })

  it('believes the address that the daemon wrote, not one inside the name', () => {
    const event = line(
      'sshd[1]',
      'Failed password for invalid user a from 192.0.2.1 port 22 ssh2 from 203.0.113.24 port 5 ssh2'
    )
    expect(pick(event, 'source.ip', 'user.name')).toEqual({
      'source.ip': '203.0.113.24',
      'user.name': 'a from 192.0.2.1 port 22 ssh2'
    })
  })

  it('keeps an empty name apart from a missing one', () => {
    expect(pick(line('sshd[1]', 'Invalid user  from 203.0.113.24 port 1'), 'source.ip', 'event.outcome')).toEqual({
      'source.ip': '203.0.113.24',
      'event.outcome': 'failure'
    })
  })

  it('reads IPv6 and host names', () => {
    expect(at(line('sshd[1]', 'Failed password for root from 2001:db8::bad port 1 ssh2'), 'source.ip')).toBe(
      '2001:db8::bad'
    )
    const named = line('sshd[1]', 'error: PAM: Authentication failure for root from pc.example')
    expect(pick(named, 'source.ip', 'source.domain', 'event.outcome')).toEqual({
      'source.ip': undefined,
      'source.domain': 'pc.example',
      'event.outcome': 'failure'
    })
  })

  it('ends sessions', () => {
    const closed = line('sshd[1]', 'Connection closed by authenticating user root 203.0.113.24 port 40026 [preauth]')
    expect(pick(closed, 'event.action', 'user.name', 'source.ip', 'source.port')).toEqual({
      'event.action': 'ssh_disconnect',
      'user.name': 'root',
      'source.ip': '203.0.113.24',
      'source.port': 40026
    })
  })

  it('counts what rsyslog folded', () => {
    const event = line('sshd[1]', 'message repeated 3 times: [ Failed password for root from 203.0.113.24 port 1 ssh2]')
    expect(pick(event, 'user.name', 'event.outcome', 'system.auth.repeated')).toEqual({
      'user.name': 'root',
      'event.outcome': 'failure',
      'system.auth.repeated': 3
    })
  })

  it('is an event also where it says nothing of people', () => {
    expect(pick(line('sshd[1]', 'Server listening on :: port 22.'), 'event.dataset', 'event.category')).toEqual({
      'event.dataset': 'system.auth',
      'event.category': undefined
    })
  })
})

describe('sudo and su', () => {
  it('says who ran what as whom', () => {
    const event = line('sudo', ' lan : TTY=pts/0 ; PWD=/home/lan ; USER=root ; COMMAND=/bin/sh -c a; b ; USER=x')
    expect(
      pick(
        event,
        'event.action',
        'event.outcome',
        'user.name',
        'user.effective.name',
        'process.command_line',
        'related.user'
      )
    ).toEqual({
      'event.action': 'sudo_command',
      'event.outcome': 'success',
      'user.name': 'lan',
      'user.effective.name': 'root',
      'process.command_line': '/bin/sh -c a; b ; USER=x',
      'related.user': ['lan', 'root']
    })
  })

  it('says who was refused', () => {
    const event = line('sudo', 'www-data : user NOT in sudoers ; TTY=unknown ; PWD=/ ; USER=root ; COMMAND=/bin/bash')
    expect(pick(event, 'event.outcome', 'event.reason', 'system.auth.sudo.error')).toEqual({
      'event.outcome': 'failure',
      'event.reason': 'user NOT in sudoers',
      'system.auth.sudo.error': 'user NOT in sudoers'
    })
  })

  it('reads the four ways of su', () => {
    for (const [message, outcome] of [
      ['(to root) lan on pts/0', 'success'],
      ['FAILED SU (to root) lan on pts/0', 'failure'],
      ['Successful su for root by lan', 'success'],
      ['- /dev/pts/0 lan:root', 'failure']
    ] as const) {
      expect(pick(line('su', message), 'event.outcome', 'user.name', 'user.effective.name'), message).toEqual({
        'event.outcome': outcome,
        'user.name': 'lan',
        'user.effective.name': 'root'
      })
    }
  })
})

describe('PAM, accounts and cron', () => {
  it('reads a PAM failure of any program', () => {
    const event = line(
      'vsftpd[9]',
      'pam_unix(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=lan rhost=203.0.113.9  user=lan'
    )
    expect(pick(event, 'event.dataset', 'event.outcome', 'user.name', 'source.ip', 'process.name')).toEqual({
      'event.dataset': 'system.auth',
      'event.outcome': 'failure',
      'user.name': 'lan',
      'source.ip': '203.0.113.9',
      'process.name': 'vsftpd'
    })
  })

  it('tells the person from whom they became', () => {
    const event = line('sudo[1]', 'pam_unix(sudo:session): session opened for user root(uid=0) by lan(uid=1000)')
    expect(pick(event, 'user.name', 'user.id', 'user.effective.name')).toEqual({
      'user.name': 'lan',
      'user.id': '1000',
      'user.effective.name': 'root'
    })
    const daemon = line('sshd[1]', 'pam_unix(sshd:session): session opened for user lan(uid=1000) by (uid=0)')
    expect(pick(daemon, 'user.name', 'user.id', 'user.effective')).toEqual({
      'user.name': 'lan',
      'user.id': '1000',
      'user.effective': undefined
    })
  })

  it('reads new accounts and new members', () => {
    const added = line(
      'useradd[1]',
      'new user: name=hotro, UID=0, GID=1005, home=/home/hotro, shell=/bin/bash, from=none'
    )
    expect(pick(added, 'event.action', 'event.type', 'user.name', 'user.id', 'group.id')).toEqual({
      'event.action': 'user_added',
      'event.type': ['creation', 'user'],
      'user.name': 'hotro',
      'user.id': '0',
      'group.id': '1005'
    })
    expect(pick(line('usermod[1]', "add 'hotro' to group 'sudo'"), 'event.action', 'user.name', 'group.name')).toEqual({
      'event.action': 'group_member_added',
      'user.name': 'hotro',
      'group.name': 'sudo'
    })
  })

  it('reads what cron ran', () => {
    const event = line('CRON[3]', '(root) CMD (  /usr/bin/backup (nightly))')
    expect(pick(event, 'event.action', 'user.name', 'process.command_line', 'process.name', 'process.pid')).toEqual({
      'event.action': 'cron_command',
      'user.name': 'root',
      'process.command_line': '/usr/bin/backup (nightly)',
      'process.name': 'CRON',
      'process.pid': 3
    })
  })
})

describe('sshd’s source is what the daemon wrote', () => {
  const real = '192.0.2.9'
  const cert = (id: string) => `ssh2: RSA-CERT SHA256:abc ID ${id} (serial 4) CA RSA SHA256:def`
  it.each([
    ['Failed password for invalid user a from 198.51.100.1 port 1 ssh2 from 192.0.2.9 port 5 ssh2', 'failure'],
    [`Failed publickey for root from 192.0.2.9 port 5 ${cert('x from 198.51.100.1 port 22')}`, 'failure'],
    [
      `Failed publickey for root from 192.0.2.9 port 5 ${cert('x from 198.51.100.1 port 22 ssh2: RSA SHA256:z')}`,
      'failure'
    ],
    [
      `Failed publickey for invalid user a from 198.51.100.1 port 1 ssh2: RSA SHA256:z from 192.0.2.9 port 5 ssh2: RSA SHA256:abc`,
      'failure'
    ],
    [`Accepted publickey for an from 192.0.2.9 port 5 ${cert('an from home')}`, 'success'],
    ['Invalid user a from 198.51.100.1 from 192.0.2.9 port 5', 'failure'],
    ['User a from b not allowed because c from 192.0.2.9 not allowed because listed in DenyUsers', 'failure'],
    [
      'error: maximum authentication attempts exceeded for invalid user a from 198.51.100.1 port 1 ssh2 from 192.0.2.9 port 5 ssh2 [preauth]',
      'failure'
    ],
    [
      'Disconnecting invalid user a 198.51.100.1 port 1: x 192.0.2.9 port 5: Too many authentication failures [preauth]',
      'failure'
    ],
    ['error: PAM: Authentication failure for illegal user a from 198.51.100.1 from 192.0.2.9', 'failure'],
    ['ROOT LOGIN REFUSED FROM 192.0.2.9 port 5', 'failure'],
    ['fatal: Timeout before authentication for 192.0.2.9 port 5', 'failure'],
    ['Timeout before authentication for connection from 192.0.2.9 to 198.51.100.1, pid = 4', 'failure'],
    [
      'Unable to negotiate with 192.0.2.9 port 5: no matching cipher found. Their offer: a from 198.51.100.1 port 1',
      'failure'
    ],
    ["Bad protocol version identification 'GET / from 198.51.100.1 port 1' from 192.0.2.9 port 5", 'failure'],
    ['banner exchange: Connection from 192.0.2.9 port 5: invalid format', 'failure'],
    ['drop connection #3 from [192.0.2.9]:5 on [198.51.100.1]:22 past MaxStartups', 'failure'],
    ['Disconnected from invalid user x 198.51.100.1 port 1 192.0.2.9 port 5 [preauth]', undefined],
    ['Received disconnect from 192.0.2.9 port 5:11: bye from 198.51.100.1 port 1 [preauth]', undefined],
    ['Received disconnect from 192.0.2.9: 11: bye', undefined],
    ['Connection from 192.0.2.9 port 5 on 198.51.100.1 port 22 rdomain ""', undefined],
    ['Did not receive identification string from 192.0.2.9 port 5', undefined]
  ])('%s', (message, outcome) => {
    const event = eventOf(`<38>Nov 23 07:30:52 h sshd[9]: ${message}`)
    expect(pick(event, 'source.ip', 'event.outcome')).toEqual({ 'source.ip': real, 'event.outcome': outcome })
  })

  it('a line with two whole readings names both addresses and believes neither', () => {
    const forged = `a from 198.51.100.1 port 1 ssh2: RSA-CERT SHA256:z ID y`
    const event = eventOf(
      `<38>Nov 23 07:30:52 h sshd[9]: Failed publickey for invalid user ${forged} from 192.0.2.9 port 5 ${cert('x')}`
    )
    expect(pick(event, 'source', 'related.ip')).toEqual({ source: undefined, 'related.ip': ['198.51.100.1', real] })
  })
})

it('what a caller writes into a name or a folder stays there', () => {
  const sudo = eventOf(
    '<86>Nov 23 07:30:52 h sudo: an : TTY=pts/0 ; PWD=/srv/COMMAND=/x ; USER=root ; COMMAND=/bin/sh -c COMMAND=y'
  )
  expect(pick(sudo, 'user.effective.name', 'process.command_line')).toEqual({
    'user.effective.name': 'root',
    'process.command_line': '/bin/sh -c COMMAND=y'
  })
  const pam = eventOf(
    '<86>Nov 23 07:30:52 h sshd[1]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.9  user=a rhost=198.51.100.1'
  )
  expect(pick(pam, 'source.ip', 'user.name')).toEqual({ 'source.ip': '192.0.2.9', 'user.name': 'a rhost=198.51.100.1' })
})

it.each([
  'last message repeated 4 times',
  'message repeated 4 times: [ Failed none for an from 192.0.2.9 port 1 ssh2]'
])('repeated lines say how often: %s', (message) => {
  expect(at(eventOf(`<38>Nov 23 07:30:52 h sshd[9]: ${message}`), 'system.auth.repeated')).toBe(4)
})

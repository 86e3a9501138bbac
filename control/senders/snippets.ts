/** One text to paste beside a new token. */
export type SenderSnippet = { name: string; language: string; text: string }

/** What a snippet needs to know: the token, where the intake listens, and whether HTTP intake speaks TLS. */
export type SnippetFacts = { token: string; host: string; httpPort: number; syslogPort: number; tls?: boolean }

/** Stands for the server's name where the intake listens on every address: only its people know what it is called. */
const UNKNOWN_HOST = 'SOC_ADDRESS'

/**
 * rsyslog's queues hold 1,000 messages and wait 2 s for a place before they throw a message away: seen with 8.2302 while
 * the other end restarted. So the queue is larger, goes to disk when it fills, and waits.
 */
const rsyslogQueue = (file: string) =>
  [
    `  queue.type="LinkedList" queue.filename="${file}" queue.size="100000" queue.maxDiskSpace="1g"`,
    '  queue.timeoutEnqueue="60000" queue.saveOnShutdown="on" action.resumeRetryCount="-1" action.resumeInterval="5")'
  ].join('\n')

/**
 * Ready configurations for the usual senders. rsyslog and syslog-ng can only send a password, so the token is the password
 * of HTTP basic authentication there; plain syslog carries no token and is known by its source network. The two HTTP ways
 * are acknowledged, so nothing is lost when either side restarts; rsyslog's ids make a batch that is sent twice count once.
 */
export function senderSnippets({ token, host, httpPort, syslogPort, tls = false }: SnippetFacts): SenderSnippet[] {
  const name = nameOf(host)
  const url = intakeUrl({ host, httpPort, tls })
  return [
    {
      name: 'curl',
      language: 'shell',
      text: [
        `printf '{"message":"Vong Lau test %s"}\\n' "$(date -Is)" |`,
        `  curl -sS -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/x-ndjson' --data-binary @- ${url}/v1/events`
      ].join('\n')
    },
    {
      name: 'rsyslog (omelasticsearch)',
      language: 'rsyslog',
      text: [
        '# /etc/rsyslog.d/60-vonglau.conf; needs the package rsyslog-elasticsearch and a $WorkDirectory',
        'module(load="omelasticsearch")',
        'template(name="vonglau" type="list" option.jsonf="on") {',
        '  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")',
        '  property(outname="host.name" name="hostname" format="jsonf")',
        '  property(outname="process.name" name="programname" format="jsonf")',
        '  property(outname="log.syslog.facility.name" name="syslogfacility-text" format="jsonf")',
        '  property(outname="log.syslog.severity.name" name="syslogseverity-text" format="jsonf")',
        '  property(outname="message" name="msg" format="jsonf")',
        '}',
        'template(name="vonglau-id" type="list") { property(name="uuid") }',
        'action(type="omelasticsearch" template="vonglau" searchIndex="syslog" searchType=""',
        `  server="${name}" serverport="${httpPort}"${tls ? ' usehttps="on"' : ''} uid="vonglau" pwd="${token}"`,
        '  bulkmode="on" bulkid="vonglau-id" dynbulkid="on" writeoperation="create"',
        rsyslogQueue('vonglau')
      ].join('\n')
    },
    {
      name: 'rsyslog (omfwd)',
      language: 'rsyslog',
      text: [
        '# Plain syslog has no acknowledgement and no token: enter the network of this sender in the console.',
        `action(type="omfwd" target="${name}" port="${syslogPort}" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"`,
        '  TCP_Framing="octet-counted"',
        rsyslogQueue('vonglau-tcp')
      ].join('\n')
    },
    {
      name: 'syslog-ng',
      language: 'syslog-ng',
      text: [
        'destination d_vonglau {',
        `  http(url("${url}/v1/events") method("POST") user("vonglau") password("${token}")`,
        '    headers("Content-Type: application/x-ndjson") delimiter("\\n") batch-lines(100) batch-timeout(1000)',
        '    body("$(format-json @timestamp=$ISODATE host.name=$HOST process.name=$PROGRAM message=$MSG)")',
        '    disk-buffer(disk-buf-size(1073741824) reliable(yes)));',
        '};',
        'log { source(s_src); destination(d_vonglau); };'
      ].join('\n')
    },
    {
      name: 'Fluent Bit',
      language: 'ini',
      text: [
        '# Retry_Limit False: with its own limit of one retry Fluent Bit throws away what it could not send while this end restarts.',
        '# Keep what waits on disk: storage.path in [SERVICE] and "storage.type filesystem" in each [INPUT]. Leave Generate_ID off: equal lines would become one.',
        '[OUTPUT]',
        '    Name                     es',
        '    Match                    *',
        `    Host                     ${name}`,
        `    Port                     ${httpPort}`,
        '    HTTP_User                vonglau',
        `    HTTP_Passwd              ${token}`,
        '    Index                    fluent-bit',
        '    Suppress_Type_Name       On',
        ...(tls ? ['    tls                      On'] : []),
        '    Retry_Limit              False',
        '    storage.total_limit_size 1G'
      ].join('\n')
    },
    {
      name: 'Filebeat, Winlogbeat',
      language: 'yaml',
      text: [
        'output.elasticsearch:',
        `  hosts: ["${url}"]`,
        '  username: "vonglau"',
        `  password: "${token}"`,
        'setup.template.enabled: false',
        'setup.ilm.enabled: false'
      ].join('\n')
    }
  ]
}

const nameOf = (host: string) => (['0.0.0.0', '::', ''].includes(host) ? UNKNOWN_HOST : host)

function intakeUrl({ host, httpPort, tls = false }: Pick<SnippetFacts, 'host' | 'httpPort' | 'tls'>): string {
  const name = nameOf(host)
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${httpPort}`
}

/** A command that sends one signed heartbeat: for cron or a systemd timer at the site. Needs curl and openssl. */
export function heartbeatSnippet(
  facts: { probe: string; key: string } & Pick<SnippetFacts, 'host' | 'httpPort' | 'tls'>
): SenderSnippet {
  return {
    name: 'curl, openssl',
    language: 'shell',
    text: [
      '#!/bin/sh',
      '# Run it from cron or a timer at least as often as the heartbeat is due. The clock may be off by 5 minutes at most.',
      `PROBE='${facts.probe}'`,
      `KEY='${facts.key}'`,
      `BODY='{"state":"ok"}'`,
      'TIME="$(date +%s)000"',
      `HASH=$(printf '%s' "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)`,
      `SIGN=$(printf '%s.%s.%s' "$PROBE" "$TIME" "$HASH" | openssl dgst -sha256 -hmac "$KEY" -r | cut -d' ' -f1)`,
      'curl -sS -f -X POST -H "x-soc-time: $TIME" -H "x-soc-signature: $SIGN" -H "Content-Type: application/json" \\',
      `  --data-binary "$BODY" ${intakeUrl(facts)}/v1/heartbeats/$PROBE`
    ].join('\n')
  }
}

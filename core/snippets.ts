/** One text to paste beside a new token. */
export type SenderSnippet = { name: string; language: string; text: string }

/** What a snippet needs to know: the token and where the intake listens. */
export type SnippetFacts = { token: string; host: string; httpPort: number; syslogPort: number }

/**
 * Ready configurations for the usual senders. rsyslog and syslog-ng can only send a password, so the token is the password
 * of HTTP basic authentication there; plain syslog carries no token and is known by its source network.
 */
export function senderSnippets({ token, host, httpPort, syslogPort }: SnippetFacts): SenderSnippet[] {
  const address = host.includes(':') ? `[${host}]` : host
  return [
    {
      name: 'curl',
      language: 'shell',
      text: `printf '%s\\n' '{"message":"Vong Lau test"}' | curl -sS -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/x-ndjson' --data-binary @- http://${address}:${httpPort}/v1/events`
    },
    {
      name: 'rsyslog (omelasticsearch)',
      language: 'rsyslog',
      text: [
        'module(load="omelasticsearch")',
        'template(name="vonglau" type="list" option.jsonf="on") {',
        '  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")',
        '  property(outname="host.name" name="hostname" format="jsonf")',
        '  property(outname="message" name="rawmsg" format="jsonf")',
        '}',
        `action(type="omelasticsearch" server="${host}" serverport="${httpPort}" uid="vonglau" pwd="${token}"`,
        '  template="vonglau" searchIndex="syslog" bulkmode="on"',
        '  queue.type="LinkedList" queue.filename="vonglau" queue.saveOnShutdown="on" action.resumeRetryCount="-1")'
      ].join('\n')
    },
    {
      name: 'rsyslog (omfwd)',
      language: 'rsyslog',
      text: [
        `action(type="omfwd" target="${host}" port="${syslogPort}" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"`,
        '  TCP_Framing="octet-counted" queue.type="LinkedList" queue.filename="vonglau" action.resumeRetryCount="-1")'
      ].join('\n')
    },
    {
      name: 'syslog-ng',
      language: 'syslog-ng',
      text: [
        'destination d_vonglau {',
        `  http(url("http://${address}:${httpPort}/v1/events") method("POST") user("vonglau") password("${token}")`,
        '    headers("Content-Type: application/x-ndjson") batch-lines(100) batch-timeout(1000)',
        '    body("$(format-json --scope rfc5424 --pair @timestamp=$ISODATE --pair message=$MSG)") delimiter("\\n"));',
        '};'
      ].join('\n')
    }
  ]
}

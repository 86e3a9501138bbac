/** ECS fields that hold a moment: they are asked for by day and moment only. */
const moments = new Set(
  `@timestamp event.created event.end event.ingested event.start file.accessed file.created file.ctime file.mtime
   process.end process.start tls.server.not_after tls.server.not_before tls.client.not_after tls.client.not_before
   threat.indicator.first_seen threat.indicator.last_seen threat.enrichments.indicator.first_seen
   threat.enrichments.indicator.last_seen`.split(/\s+/)
)
const numbers =
  /^(source|destination|client|server|network|http|process|event|file)(\.\w+)*\.(port|bytes|packets|pid|status_code|severity|duration|size)$/

/** Does the field hold moments? */
export const holdsMoments = (field: string) => moments.has(field)
/** Does the field hold numbers? */
export const holdsNumbers = (field: string) => numbers.test(field)
/** Does the field hold addresses: `source.ip`, `dns.resolved_ip`, `vendor.srcip`, `vendor.clientIp`? */
export const holdsAddresses = (field: string) =>
  /(^|[._@-])(ips?|(src|dst|source|destination|remote|local|client|server|host|nat)_?ips?)$/i.test(field) ||
  /[a-z](Ip|IP)s?$/.test(field)

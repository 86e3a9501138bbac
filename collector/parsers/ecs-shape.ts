/**
 * What ECS says of the fields that senders get wrong most: an `ip` that is a name, a port that is text, an object where a word
 * belongs. Elasticsearch refuses a whole document for one such value; here the value moves to `vendor` instead.
 * Names and types: Elastic Common Schema 9.
 */
export type FieldKind = 'ip' | 'long' | 'number' | 'date' | 'boolean' | 'word'

/** Top-level field sets of ECS; each parser names those of its own beside them. */
export const fieldSets = new Set(
  `agent client cloud container data_stream destination device dll dns ecs email error event faas file group host http log
  network observer orchestrator package process registry related rule server service source threat tls url user user_agent
  volume vulnerability`.split(/\s+/)
)

const byKind: Record<FieldKind, string> = {
  ip: `client.ip client.nat.ip destination.ip destination.nat.ip dns.resolved_ip host.ip network.forwarded_ip observer.ip
    related.ip server.ip server.nat.ip source.ip source.nat.ip`,
  long: `client.as.number client.bytes client.nat.port client.packets client.port destination.as.number destination.bytes
    destination.nat.port destination.packets destination.port event.duration event.sequence event.severity file.size
    host.disk.read.bytes host.disk.write.bytes host.network.egress.bytes host.network.ingress.bytes host.uptime
    http.request.body.bytes http.request.bytes http.response.body.bytes http.response.bytes http.response.status_code
    log.origin.file.line log.syslog.facility.code log.syslog.priority log.syslog.severity.code network.bytes
    network.packets package.size process.args_count process.exit_code process.parent.args_count process.parent.exit_code
    process.parent.pgid process.parent.pid process.parent.thread.id process.pgid process.pid process.thread.id
    process.uptime server.as.number server.bytes server.nat.port server.packets server.port source.as.number source.bytes
    source.nat.port source.packets source.port url.port`,
  number: `event.risk_score event.risk_score_norm host.cpu.usage vulnerability.score.base`,
  date: `event.start event.end file.accessed file.created file.ctime file.mtime package.installed process.start process.end
    process.parent.start process.parent.end tls.client.not_after tls.client.not_before tls.server.not_after
    tls.server.not_before`,
  boolean: `dll.code_signature.exists dll.code_signature.trusted dll.code_signature.valid file.code_signature.exists
    file.code_signature.trusted file.code_signature.valid process.code_signature.exists process.code_signature.trusted
    process.code_signature.valid process.interactive tls.established tls.resumed`,
  word: `agent.id agent.name agent.type agent.version client.address client.domain destination.address destination.domain
    destination.mac dns.question.name dns.question.type dns.response_code dns.type ecs.version error.code error.id
    error.message error.type event.action event.category event.code event.dataset event.hash event.module event.outcome
    event.original event.provider event.reason event.reference event.timezone event.type event.url file.directory
    file.extension file.hash.md5 file.hash.sha1 file.hash.sha256 file.name file.path group.domain group.id group.name
    host.architecture host.domain host.hostname host.id host.mac host.name host.os.family host.os.name host.os.type
    host.os.version host.type http.request.method http.request.referrer http.version log.file.path log.level log.logger
    log.syslog.appname log.syslog.facility.name log.syslog.hostname log.syslog.msgid log.syslog.procid
    log.syslog.severity.name log.syslog.version network.application network.direction network.iana_number network.name
    network.protocol network.transport network.type observer.hostname observer.name observer.product
    observer.serial_number observer.type observer.vendor process.command_line process.entity_id process.executable
    process.hash.md5 process.hash.sha1 process.hash.sha256 process.name process.parent.command_line
    process.parent.entity_id process.parent.executable process.parent.name process.title process.working_directory
    registry.data.strings registry.hive registry.key registry.path registry.value related.hash related.hosts related.user
    rule.category rule.description rule.id rule.name rule.ruleset rule.uuid rule.version server.address server.domain
    service.id service.name service.type source.address source.domain source.mac threat.framework url.domain
    url.extension url.fragment url.full url.original url.password url.path url.query url.scheme url.username user.domain
    user.email user.effective.id user.effective.name user.full_name user.hash user.id user.name user.target.id
    user.target.name user_agent.device.name user_agent.name user_agent.original user_agent.os.full user_agent.os.name
    user_agent.os.version user_agent.version`
}

/** Kind of each field by its dotted name. */
export const fieldKinds: ReadonlyMap<string, FieldKind> = new Map(
  Object.entries(byKind).flatMap(([kind, names]) =>
    names.split(/\s+/).map((name) => [name, kind as FieldKind] as const)
  )
)

/** Dotted names that must be objects: every proper prefix of a known field. */
export const objectNames: ReadonlySet<string> = new Set(
  [...fieldKinds.keys()].flatMap((name) => {
    const parts = name.split('.')
    return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('.'))
  })
)

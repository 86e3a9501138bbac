/**
 * Who reads the code of a refusal.
 * `console`: a person in the console; it needs words in Vietnamese and English (`error.*` of the console's words).
 * `task_link`: a person on the page behind a task's link, which has words of its own.
 * `machine`: a sender or a provider that calls back. `terminal`: whoever runs `soc` or reads the process log.
 */
export type CodeReader = 'console' | 'task_link' | 'machine' | 'terminal'

/** Every code of a refusal (`SocError`), by noun. A new code stands here first; its words are then demanded by e2e/words.test.ts. */
export const refusalCodes = {
  // Alerts and incidents.
  /** A newer alert of the same kind is open: this one cannot be opened again. */
  'alert.newer_open': 'console',
  /** No such record, or it belongs to another unit (so every `*.not_found`). */
  'alert.not_found': 'console',
  /** An act names an alert that does not exist. */
  'alert.unknown': 'console',
  /** Matches came that do not follow on those already taken: nothing may be counted twice or left out. */
  'alerts.range': 'terminal',
  /** The place to go on from was not given by this list. */
  'cursor.invalid': 'console',
  'incident.closed': 'console',
  'incident.conclusion_needed': 'console',
  /** An incident cannot be merged into itself. */
  'incident.itself': 'console',
  'incident.merged': 'console',
  'incident.not_found': 'console',
  'incident.not_merged': 'console',
  /** Real, demonstration and canary never meet in one incident or task. */
  'incident.origins': 'console',
  'incident.unknown': 'console',
  'incident.verdict_needed': 'console',
  'undo.nothing': 'console',

  // Tasks and their links.
  'task.about_nothing': 'console',
  'task.contact_unknown': 'console',
  'task.deadline': 'console',
  'task.ended': 'console',
  'task.not_found': 'console',
  /** Only a task that has ended can be taken up again. */
  'task.open': 'console',
  'task.question_empty': 'console',
  'task.too_many': 'console',
  'task.too_many_files': 'console',
  'task.too_many_open': 'console',
  'task_link.gone': 'task_link',
  'task_link.no_cookie': 'task_link',
  /** The page fetches a new nonce by itself. */
  'task_link.nonce': 'task_link',
  'task_link.nonce_used': 'task_link',
  'task_link.other_device': 'task_link',
  'disk.full': 'console',
  /** The control database cannot be written: its volume is full or fails. */
  'control.storage_full': 'console',
  'file.busy': 'console',
  'file.empty': 'console',
  'file.kind': 'console',
  'file.not_found': 'console',
  'file.too_large': 'console',

  // Health.
  'maintenance.not_found': 'console',
  'maintenance.order': 'console',
  'maintenance.over': 'console',
  'maintenance.past': 'console',
  'maintenance.system': 'console',
  'maintenance.too_far': 'console',
  'maintenance.too_long': 'console',
  'maintenance.too_many': 'console',
  'maintenance.unknown': 'console',
  'maintenance.weekly': 'console',
  'model.not_found': 'console',
  'probe.busy': 'console',
  /** A probe or a trial ended by a fault of ours. */
  'probe.failed': 'terminal',
  'probe.head_content': 'console',
  'probe.invalid': 'console',
  'probe.json_path': 'console',
  'probe.no_heartbeat': 'console',
  /** The engine was given no rule of where probes may go. */
  'probe.no_rule': 'terminal',
  /** A heartbeat is waited for and cannot be tried. */
  'probe.not_asked': 'console',
  'probe.not_found': 'console',
  'probe.system': 'console',
  'probe.timeout': 'console',
  'probe.too_many': 'console',
  'probe.unknown': 'console',
  'probe.uplink': 'console',
  'probes.failed': 'console',
  'system.not_found': 'console',
  'system.unknown': 'console',

  // Notifications and duty.
  'channel.address': 'console',
  'channel.not_found': 'console',
  'channel.off': 'console',
  'hook.refused': 'machine',
  /** Its content is erased: it cannot be sent again. */
  'notification.gone': 'console',
  'notification.not_found': 'console',
  'notification.on_its_way': 'console',
  'notification.too_large': 'console',
  'policy.first_step': 'console',
  'policy.province_only': 'console',
  'roster.day': 'console',
  'roster.shift_unknown': 'console',
  'roster.shifts': 'console',
  'roster.twice': 'console',

  // Figures and reports.
  'posture.backwards': 'console',
  'posture.before_data': 'console',
  'posture.busy': 'console',
  'posture.failed': 'console',
  'posture.future': 'console',
  'posture.no_day': 'console',
  'posture.slow': 'console',
  'posture.too_long': 'console',
  'report.address': 'console',
  'report.busy': 'console',
  /** The archived file is not the one that was made: said to the log, the page hears `server.failed`. */
  'report.file_changed': 'terminal',
  'report.file_gone': 'console',
  'report.not_found': 'console',
  'report.outdated': 'console',
  'report.render': 'console',
  'report.subscriber_not_found': 'console',
  'report.subscribers': 'console',
  'report.unit': 'console',

  // Senders, units and the catalogue.
  'catalogue.change_not_found': 'console',
  'catalogue.dependency_unknown': 'console',
  'catalogue.invalid': 'console',
  'catalogue.model_unknown': 'console',
  'catalogue.monitoring_scope': 'console',
  'catalogue.province_only': 'console',
  'catalogue.system_needs_name': 'console',
  'catalogue.system_unknown': 'console',
  'catalogue.too_many': 'console',
  'inventory.date': 'terminal',
  'inventory.invalid': 'terminal',
  /** An address that probes and webhooks may not call. */
  'network.forbidden': 'console',
  'network.invalid': 'console',
  'network.taken': 'console',
  'network.too_wide': 'console',
  'network.too_wide_here': 'console',
  'network.not_yours': 'console',
  'source.beyond': 'console',
  'source.speaks_beyond': 'console',
  'source.not_found': 'console',
  'token.not_found': 'console',
  'token.too_many': 'console',
  'unit.not_found': 'console',
  'unit.required': 'console',
  'unit.unknown': 'console',

  // Accounts, rights and signing in.
  'access.denied': 'console',
  'break_glass.exists': 'console',
  'break_glass.none': 'console',
  'break_glass.reason': 'console',
  'break_glass.sealed': 'console',
  'csrf.wrong': 'console',
  'grant.empty': 'console',
  'grant.not_found': 'console',
  'grant.range': 'console',
  'grant.too_many': 'console',
  'grant.units_required': 'console',
  'keys.unreadable': 'terminal',
  'link.expired': 'console',
  'link.revoked': 'console',
  'link.unknown': 'console',
  'link.used': 'console',
  'oidc.away': 'console',
  'oidc.denied': 'console',
  'oidc.disabled': 'console',
  'oidc.flow': 'console',
  'oidc.no_role': 'console',
  'oidc.off': 'console',
  'oidc.taken': 'console',
  'oidc.token': 'console',
  'oidc.unknown': 'console',
  'password.common': 'console',
  'password.kinds': 'console',
  'password.long': 'console',
  'password.must_change': 'console',
  'password.pattern': 'console',
  'password.reused': 'console',
  'password.same': 'console',
  'password.short': 'console',
  'password.username': 'console',
  'password.wrong': 'console',
  'scope.province': 'console',
  /** Too many passwords are being checked at once. */
  'session.busy': 'console',
  'session.none': 'console',
  'session.not_found': 'console',
  'session.refused': 'console',
  'session.step_expired': 'console',
  'session.too_many': 'console',
  'totp.exists': 'console',
  'totp.must_set_up': 'console',
  'totp.none': 'console',
  'totp.required': 'console',
  'totp.wrong': 'console',
  'user.exists': 'console',
  'user.last_admin': 'console',
  'user.not_assignable': 'console',
  'user.not_found': 'console',
  'user.self': 'console',
  'user.beyond': 'console',
  'user.unknown': 'console',

  // Events, rules and the store.
  'dead_letter.not_found': 'console',
  'dead_letter.unknown': 'terminal',
  'detector.checkpoint': 'terminal',
  'event.not_found': 'console',
  'query.reversed_range': 'console',
  'query.mixed_range': 'console',
  'query.bad_date': 'console',
  'query.bad_address': 'console',
  'query.bad_bound': 'console',
  'query.write_instead': 'console',
  'query.bad_cursor': 'console',
  'query.bad_field': 'console',
  'query.bad_range': 'console',
  'query.hidden_number': 'console',
  'query.missing_operand': 'console',
  'query.missing_value': 'console',
  'query.no_words': 'console',
  'query.term_too_long': 'console',
  'query.time_range': 'console',
  'query.too_deep': 'console',
  'query.too_long': 'console',
  'query.too_many_terms': 'console',
  'query.too_many_wildcards': 'console',
  'query.unclosed_parenthesis': 'console',
  'query.unclosed_quote': 'console',
  'query.unexpected': 'console',
  'rule.not_found': 'console',
  'rules.built_in': 'terminal',
  'store.away': 'console',
  'store.busy': 'console',
  /** One person lets too many searches wait. */
  'search.too_many': 'console',
  'store.damaged': 'console',
  'store.failed': 'console',
  /** Made by a newer version of the program (so `control.newer` and `spool.newer`). */
  'store.newer': 'terminal',

  // Intake: what senders are answered, and the spool.
  'heartbeat.away': 'machine',
  'http.aborted': 'machine',
  'http.bad_path': 'machine',
  'http.encoding_broken': 'machine',
  'http.encoding_unknown': 'machine',
  'http.internal': 'machine',
  'http.method': 'machine',
  'http.not_found': 'machine',
  /** A body that stopped in the middle, or came too slowly while others waited for its place. */
  'http.stalled': 'machine',
  'http.too_large': 'machine',
  'http.unframeable': 'machine',
  'intake.listen': 'terminal',
  'intake.open': 'terminal',
  'intake.protocol': 'terminal',
  'spool.closed': 'terminal',
  'spool.field_too_long': 'machine',
  'spool.full': 'machine',
  'spool.missing': 'terminal',
  'spool.newer': 'terminal',
  'spool.too_large': 'machine',

  // The process, its threads and its HTTP server.
  'config.invalid': 'terminal',
  'console.listen': 'terminal',
  'control.migration': 'terminal',
  'control.newer': 'terminal',
  /** A statement that always gives a row gave none. */
  'control.no_row': 'terminal',
  /** The volume of the data folder has no room to start on. */
  'data.full': 'terminal',
  /** Older data without its control database. */
  'data.no_control': 'terminal',
  'control.damaged': 'terminal',
  'data.locked': 'terminal',
  'data_plane.failed': 'console',
  'data_plane.refused': 'terminal',
  'request.bad_url': 'console',
  'request.content_type': 'console',
  'request.foreign_origin': 'console',
  'request.invalid': 'console',
  'request.not_json': 'console',
  'request.too_large': 'console',
  'request.too_many': 'console',
  'route.not_found': 'console',
  /** Every failure that is not to be explained to a browser. */
  'server.failed': 'console',
  'soc.failed': 'terminal',
  'worker.ended': 'console',

  // Commands.
  'bench.api': 'terminal',
  'bench.install': 'terminal',
  'bench.no_browser': 'terminal',
  'bench.no_corpus': 'terminal',
  'bench.rsyslog': 'terminal',
  'bench.start': 'terminal',
  'build.failed': 'terminal',
  'cli.image': 'terminal',
  'cli.no_data': 'terminal',
  'cli.usage': 'terminal',
  'demonstration.invalid': 'terminal',
  'drill.heartbeat': 'terminal',
  'replay.refused': 'terminal',
  'search_server.failed': 'terminal',
  'search_server.no_java': 'terminal',
  'simulator.command': 'terminal',
  'simulator.fault': 'terminal'
} as const satisfies Record<string, CodeReader>

export type RefusalCode = keyof typeof refusalCodes

/** The nouns that have a `<noun>.not_found`. */
export type NotFoundNoun = RefusalCode extends infer Code
  ? Code extends `${infer Noun}.not_found`
    ? Noun
    : never
  : never

/** The codes that some reader sees, in the order of the table. */
export const codesFor = (reader: CodeReader): RefusalCode[] =>
  (Object.keys(refusalCodes) as RefusalCode[]).filter((code) => refusalCodes[code] === reader)

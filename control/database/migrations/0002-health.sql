-- Health: states of probes, systems and models (docs/health.md). Every row carries its origin. Times are milliseconds.
CREATE TABLE health_life (
  origin TEXT PRIMARY KEY,
  alive_at INTEGER NOT NULL,                    -- last moment the engine is known to have lived
  days_until TEXT NOT NULL DEFAULT ''           -- first Vietnamese day that is not in health_days yet
) STRICT;

-- A row begins a state; it ends where the next row of its node begins. So nothing can overlap or leave a hole.
CREATE TABLE health_intervals (
  origin TEXT NOT NULL,
  node TEXT NOT NULL,                           -- probe:<id>, system:<id>, model:<number>
  from_at INTEGER NOT NULL,
  since_at INTEGER NOT NULL,                    -- when the same state began, should only its cause have changed since
  state TEXT NOT NULL,
  root TEXT,
  because TEXT,                                 -- JSON
  PRIMARY KEY (origin, node, from_at)
) STRICT, WITHOUT ROWID;

-- Sums of finished Vietnamese days, made from the intervals; they add up to the length of the day.
CREATE TABLE health_days (
  origin TEXT NOT NULL,
  node TEXT NOT NULL,
  day TEXT NOT NULL,
  up INTEGER NOT NULL,
  degraded INTEGER NOT NULL,
  down INTEGER NOT NULL,
  maintenance INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  PRIMARY KEY (origin, node, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX health_days_by_day ON health_days(origin, day);

CREATE TABLE health_probes (
  id TEXT PRIMARY KEY,
  origin TEXT NOT NULL,
  draft TEXT NOT NULL,                          -- JSON, ProbeDraft
  created_at INTEGER NOT NULL,
  heartbeat_key TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX health_probes_by_origin ON health_probes(origin);

-- The newest 200 results of a probe: a ring, so that writing one never has to delete another.
CREATE TABLE health_results (
  probe TEXT NOT NULL REFERENCES health_probes(id) ON DELETE CASCADE,
  slot INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  latency_ms REAL,
  certificate_until INTEGER,
  PRIMARY KEY (probe, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE health_maintenance (
  id TEXT PRIMARY KEY,
  origin TEXT NOT NULL,
  systems TEXT NOT NULL,                        -- JSON array of system ids
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  cancelled_at INTEGER,
  cancelled_by TEXT
) STRICT;
CREATE INDEX health_maintenance_by_end ON health_maintenance(origin, to_at);

-- Root outages, and under the system `uplink` the losses of our own line.
CREATE TABLE health_outages (
  id INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  system TEXT NOT NULL,
  state TEXT NOT NULL,
  level TEXT NOT NULL,
  since_at INTEGER NOT NULL,
  until_at INTEGER,
  down TEXT NOT NULL,                           -- JSON array of model numbers, at their worst
  degraded TEXT NOT NULL,
  attached TEXT NOT NULL,                       -- JSON array of system ids
  because TEXT NOT NULL,                        -- JSON
  fingerprint TEXT NOT NULL,
  alert TEXT,
  incident TEXT
) STRICT;
CREATE INDEX health_outages_by_start ON health_outages(origin, since_at);
CREATE UNIQUE INDEX health_outages_open ON health_outages(origin, system) WHERE until_at IS NULL;

-- Exchanges: who asks whom for what. The number of ways has a ceiling (exchanges.ts); what is beyond is counted together.
CREATE TABLE exchange_hops (
  id INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  consumer TEXT NOT NULL,
  provider TEXT NOT NULL,
  service TEXT NOT NULL,
  hop TEXT NOT NULL,
  UNIQUE (origin, consumer, provider, service, hop)
) STRICT;
CREATE TABLE exchange_sums (
  span INTEGER NOT NULL,                        -- 0 minute, 1 hour, 2 Vietnamese day
  hop_id INTEGER NOT NULL REFERENCES exchange_hops(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,                          -- start of the minute, hour or day
  succeeded INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  timed_out INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  business TEXT NOT NULL,                       -- JSON array, counts in the order of businessAnswers
  latency TEXT NOT NULL,                        -- JSON array, counts per latency step
  last_success_at INTEGER NOT NULL,
  last_failure_at INTEGER NOT NULL,
  PRIMARY KEY (span, hop_id, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_sums_by_time ON exchange_sums(span, at);
CREATE TABLE health_integrations (
  origin TEXT NOT NULL,
  provider TEXT NOT NULL,
  since_at INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (origin, provider)
) STRICT;

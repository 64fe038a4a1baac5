-- One row: when this store came into being, and by how much its time is ahead of the server's.
CREATE TABLE vestibule_store (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    birth bigint NOT NULL,
    clock_offset bigint NOT NULL DEFAULT 0
);

-- An application at a provider, and for how many milliseconds what was revoked in it is remembered.
CREATE TABLE vestibule_realms (
    realm bigint PRIMARY KEY,
    issuer text NOT NULL,
    client_id text NOT NULL,
    keep_cutoffs bigint NOT NULL,
    keep_logouts bigint NOT NULL
);

CREATE TABLE vestibule_sessions (
    realm bigint NOT NULL,
    key bytea NOT NULL,
    format bigint NOT NULL,
    public_id bytea NOT NULL,
    subject bytea NOT NULL,
    scopes bytea[] NOT NULL,
    began bigint NOT NULL,
    created bigint NOT NULL,
    last_seen bigint NOT NULL,
    idle_end bigint NOT NULL,
    absolute_end bigint NOT NULL,
    label bytea NOT NULL,
    tokens bytea NOT NULL,
    refresh bytea,
    grant_version bigint NOT NULL,
    data bytea NOT NULL,
    version bigint NOT NULL,
    lease_holder bytea,
    lease_until bigint,
    attempts bytea NOT NULL,
    PRIMARY KEY (realm, key)
);
CREATE INDEX vestibule_sessions_of ON vestibule_sessions (realm, subject);
CREATE INDEX vestibule_sessions_lapse ON vestibule_sessions (realm, idle_end);
-- For deleting what was revoked.
CREATE INDEX vestibule_sessions_listen ON vestibule_sessions USING gin (scopes);

-- Sessions that listen to a scope and began at or before its moment have ended, whether they are still stored or not.
CREATE TABLE vestibule_cutoffs (
    realm bigint NOT NULL,
    scope bytea NOT NULL,
    struck_at bigint NOT NULL,
    spared_key bytea,
    spared_at bigint,
    reaped boolean NOT NULL DEFAULT false,
    PRIMARY KEY (realm, scope)
);
CREATE INDEX vestibule_cutoffs_age ON vestibule_cutoffs (realm, struck_at);
CREATE INDEX vestibule_cutoffs_to_reap ON vestibule_cutoffs (realm) WHERE NOT reaped;

CREATE TABLE vestibule_spent_logouts (
    realm bigint NOT NULL,
    logout bytea NOT NULL,
    spent_at bigint NOT NULL,
    PRIMARY KEY (realm, logout)
);
CREATE INDEX vestibule_spent_logouts_age ON vestibule_spent_logouts (realm, spent_at);

-- Whoever appends to a log holds its head until the end of the transaction, so that entries become visible in order.
CREATE TABLE vestibule_log_heads (
    realm bigint PRIMARY KEY,
    log_end bigint NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE vestibule_log (
    realm bigint NOT NULL,
    position bigint NOT NULL,
    entry bytea NOT NULL,
    PRIMARY KEY (realm, position)
);

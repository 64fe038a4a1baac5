-- One row: when this store came into being, and the latest moment it has seen.
CREATE TABLE vestibule_store (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    birth INTEGER NOT NULL,
    latest INTEGER NOT NULL
);

-- An application at a provider, and for how many milliseconds what was revoked in it is remembered.
CREATE TABLE vestibule_realms (
    realm INTEGER PRIMARY KEY,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    keep_cutoffs INTEGER NOT NULL,
    keep_logouts INTEGER NOT NULL,
    log_end INTEGER NOT NULL
);

CREATE TABLE vestibule_sessions (
    id INTEGER PRIMARY KEY,
    realm INTEGER NOT NULL,
    key BLOB NOT NULL,
    format INTEGER NOT NULL,
    public_id BLOB NOT NULL,
    subject BLOB NOT NULL,
    scopes BLOB NOT NULL,
    began INTEGER NOT NULL,
    created INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    idle_end INTEGER NOT NULL,
    absolute_end INTEGER NOT NULL,
    label BLOB NOT NULL,
    tokens BLOB NOT NULL,
    refresh BLOB,
    grant_version INTEGER NOT NULL,
    data BLOB NOT NULL,
    version INTEGER NOT NULL,
    lease_holder BLOB,
    lease_until INTEGER,
    attempts BLOB NOT NULL,
    UNIQUE (realm, key)
);
CREATE INDEX vestibule_sessions_of ON vestibule_sessions (realm, subject);
CREATE INDEX vestibule_sessions_lapse ON vestibule_sessions (realm, idle_end);

-- Which sessions listen to which scope, told by its first bytes: for deleting what was revoked.
CREATE TABLE vestibule_listening (
    session INTEGER NOT NULL REFERENCES vestibule_sessions (id) ON DELETE CASCADE,
    scope_prefix BLOB NOT NULL,
    PRIMARY KEY (session, scope_prefix)
) WITHOUT ROWID;
CREATE INDEX vestibule_listening_to ON vestibule_listening (scope_prefix, session);

-- Sessions that listen to a scope and began at or before its moment have ended, whether they are still stored or not.
CREATE TABLE vestibule_cutoffs (
    realm INTEGER NOT NULL,
    scope BLOB NOT NULL,
    struck_at INTEGER NOT NULL,
    spared_key BLOB,
    spared_at INTEGER,
    reaped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (realm, scope)
) WITHOUT ROWID;
CREATE INDEX vestibule_cutoffs_age ON vestibule_cutoffs (realm, struck_at);
CREATE INDEX vestibule_cutoffs_to_reap ON vestibule_cutoffs (realm, scope) WHERE reaped = 0;

CREATE TABLE vestibule_spent_logouts (
    realm INTEGER NOT NULL,
    logout BLOB NOT NULL,
    spent_at INTEGER NOT NULL,
    PRIMARY KEY (realm, logout)
) WITHOUT ROWID;
CREATE INDEX vestibule_spent_logouts_age ON vestibule_spent_logouts (realm, spent_at);

CREATE TABLE vestibule_log (
    realm INTEGER NOT NULL,
    position INTEGER NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (realm, position)
) WITHOUT ROWID;

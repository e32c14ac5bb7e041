-- Which operations there are, the service alone says: a new one needs no migration. SQLite changes no constraint: the table is made anew.
CREATE TABLE new_idempotency_keys (
    user_id     BLOB    NOT NULL CHECK (length(user_id) = 16),
    route       TEXT    NOT NULL CHECK (length(route) BETWEEN 1 AND 64),
    request_key TEXT    NOT NULL CHECK (length(request_key) BETWEEN 1 AND 255),
    version     INTEGER NOT NULL CHECK (version >= 1),
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 32),
    outcome     TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, route, request_key)
) STRICT;

INSERT INTO new_idempotency_keys (user_id, route, request_key, version, fingerprint, outcome, recorded_at, expires_at)
SELECT user_id, route, request_key, version, fingerprint, outcome, recorded_at, expires_at FROM idempotency_keys;

DROP TABLE idempotency_keys;
ALTER TABLE new_idempotency_keys RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

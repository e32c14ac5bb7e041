-- Charges by operators and cashiers leave an audit entry, idempotency keys are honoured on more routes, and labels of seats are looked for.
-- SQLite changes a check only with its table: each is copied whole.

CREATE TABLE new_deeds (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at           INTEGER NOT NULL,
    operator_id  BLOB    NOT NULL CHECK (length(operator_id) = 16),
    act          TEXT    NOT NULL CHECK (act IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                 'UNBLOCK', 'RELEASE', 'REFUND', 'CHARGE')),
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT', 'USER')),
    subject_id   BLOB    NOT NULL CHECK (length(subject_id) = 16),
    reason       TEXT,
    changes      TEXT    NOT NULL CHECK (json_valid(changes))
) STRICT, WITHOUT ROWID;

INSERT INTO new_deeds (id, at, operator_id, act, subject_kind, subject_id, reason, changes)
SELECT id, at, operator_id, act, subject_kind, subject_id, reason, changes FROM deeds;
DROP TABLE deeds;
ALTER TABLE new_deeds RENAME TO deeds;

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

-- What was done stays done.
CREATE TRIGGER deeds_stay BEFORE UPDATE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never changed');
END;
CREATE TRIGGER deeds_remain BEFORE DELETE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never deleted');
END;

-- P3: one answer a user, route and key. An operator's key may belong to nobody who is registered: no reference.
CREATE TABLE new_idempotency_keys (
    user_id     BLOB    NOT NULL CHECK (length(user_id) = 16),
    route       TEXT    NOT NULL CHECK (route IN ('RESERVATIONS', 'CHARGES', 'PAYMENTS', 'REFUNDS', 'USERS', 'ADMISSIONS')),
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

-- Seats of a date by label. Not unique: an earlier release may have given one label to two seats.
CREATE INDEX seats_label ON seats (schedule_id, label);

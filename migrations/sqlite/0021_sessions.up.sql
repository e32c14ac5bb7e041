-- Sessions of browsers, in slots that limit their number for each user. A user need not be registered: no reference.
CREATE TABLE sessions (
    user_id       BLOB    NOT NULL CHECK (length(user_id) = 16),
    slot          INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 255),
    version       INTEGER NOT NULL CHECK (version >= 1),
    id            BLOB    NOT NULL CHECK (length(id) = 16),
    -- Names of roles, separated by spaces.
    roles         TEXT    NOT NULL,
    device        TEXT,
    created_at    INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'ENDED')),
    -- SHA-256 digests of the login code or the current refresh token, and of the refresh token before it.
    token_digest  TEXT    CHECK (length(token_digest) = 64),
    former_digest TEXT    CHECK (length(former_digest) = 64),
    former_nonce  BLOB    CHECK (length(former_nonce) = 16),
    former_until  INTEGER,
    used_at       INTEGER,
    idle_at       INTEGER,
    expires_at    INTEGER,
    reason        TEXT    CHECK (reason IN ('SIGNED_OUT', 'TOKEN_REUSED')),
    -- When it has ended or will end; derived from the others.
    ends_at       INTEGER NOT NULL,
    PRIMARY KEY (user_id, slot),
    CONSTRAINT sessions_token CHECK ((token_digest IS NULL) = (state = 'ENDED') AND (expires_at IS NULL) = (state = 'ENDED')),
    CONSTRAINT sessions_use CHECK ((used_at IS NULL) = (state <> 'ACTIVE') AND (idle_at IS NULL) = (state <> 'ACTIVE')),
    CONSTRAINT sessions_former CHECK ((former_digest IS NULL) = (former_nonce IS NULL) AND (former_digest IS NULL) = (former_until IS NULL)
                                      AND (former_digest IS NULL OR state = 'ACTIVE')),
    CONSTRAINT sessions_reason CHECK ((reason IS NULL) = (state <> 'ENDED'))
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_end ON sessions (ends_at);

-- The creation of a login code leaves an audit entry. SQLite changes a check only with its table: it is copied whole.
CREATE TABLE new_audit_entries (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at           INTEGER NOT NULL,
    operator_id  BLOB    NOT NULL CHECK (length(operator_id) = 16),
    action       TEXT    NOT NULL CHECK (action IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                    'UNBLOCK', 'RELEASE', 'REFUND', 'CHARGE', 'SIGN_IN')),
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT', 'USER')),
    subject_id   BLOB    NOT NULL CHECK (length(subject_id) = 16),
    reason       TEXT,
    changes      TEXT    NOT NULL CHECK (json_valid(changes))
) STRICT, WITHOUT ROWID;
INSERT INTO new_audit_entries (id, at, operator_id, action, subject_kind, subject_id, reason, changes)
SELECT id, at, operator_id, action, subject_kind, subject_id, reason, changes FROM audit_entries;
DROP TABLE audit_entries;
ALTER TABLE new_audit_entries RENAME TO audit_entries;
CREATE INDEX audit_entries_of_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_of_operator ON audit_entries (operator_id, id);

-- The audit log is append-only.
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'audit entries are never deleted');
END;

-- Everything that 0021_sessions.up.sql created, in the opposite order. Audit entries of login codes are lost.
CREATE TABLE new_audit_entries (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at           INTEGER NOT NULL,
    operator_id  BLOB    NOT NULL CHECK (length(operator_id) = 16),
    action       TEXT    NOT NULL CHECK (action IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                    'UNBLOCK', 'RELEASE', 'REFUND', 'CHARGE')),
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT', 'USER')),
    subject_id   BLOB    NOT NULL CHECK (length(subject_id) = 16),
    reason       TEXT,
    changes      TEXT    NOT NULL CHECK (json_valid(changes))
) STRICT, WITHOUT ROWID;
INSERT INTO new_audit_entries (id, at, operator_id, action, subject_kind, subject_id, reason, changes)
SELECT id, at, operator_id, action, subject_kind, subject_id, reason, changes FROM audit_entries WHERE action <> 'SIGN_IN';
DROP TABLE audit_entries;
ALTER TABLE new_audit_entries RENAME TO audit_entries;
CREATE INDEX audit_entries_of_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_of_operator ON audit_entries (operator_id, id);
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'audit entries are never deleted');
END;
DROP TABLE sessions;

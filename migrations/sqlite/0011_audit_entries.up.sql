-- What operators did is an audit entry, and the client's key is an idempotency key: the schema uses the same names as the code and the API.

DROP TRIGGER deeds_stay;
DROP TRIGGER deeds_remain;
DROP INDEX deeds_of_subject;
DROP INDEX deeds_of_operator;

ALTER TABLE deeds RENAME TO audit_entries;
ALTER TABLE audit_entries RENAME COLUMN act TO action;

CREATE INDEX audit_entries_of_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_of_operator ON audit_entries (operator_id, id);

-- The audit log is append-only.
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'audit entries are never changed');
END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'audit entries are never deleted');
END;

ALTER TABLE idempotency_keys RENAME COLUMN request_key TO idempotency_key;

-- Everything that 0011_audit_entries.up.sql renamed, in the opposite order.

ALTER TABLE idempotency_keys RENAME COLUMN idempotency_key TO request_key;

DROP TRIGGER audit_entries_no_update;
DROP TRIGGER audit_entries_no_delete;
DROP INDEX audit_entries_of_subject;
DROP INDEX audit_entries_of_operator;

ALTER TABLE audit_entries RENAME COLUMN action TO act;
ALTER TABLE audit_entries RENAME TO deeds;

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

CREATE TRIGGER deeds_stay BEFORE UPDATE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never changed');
END;
CREATE TRIGGER deeds_remain BEFORE DELETE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never deleted');
END;

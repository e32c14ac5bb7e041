-- What operators did is an audit entry, and the client's key is an idempotency key: the schema uses the same names as the code and the API.

DROP TRIGGER deeds_stay ON deeds;
DROP TRIGGER deeds_remain ON deeds;
DROP FUNCTION deeds_stay;
DROP INDEX deeds_of_subject;
DROP INDEX deeds_of_operator;

ALTER TABLE deeds RENAME TO audit_entries;
ALTER TABLE audit_entries RENAME COLUMN act TO action;
ALTER TABLE audit_entries RENAME CONSTRAINT deeds_pkey TO audit_entries_pkey;
ALTER TABLE audit_entries RENAME CONSTRAINT deeds_act_check TO audit_entries_action_check;
ALTER TABLE audit_entries RENAME CONSTRAINT deeds_subject_kind_check TO audit_entries_subject_kind_check;

CREATE INDEX audit_entries_of_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_of_operator ON audit_entries (operator_id, id);

-- The audit log is append-only.
CREATE FUNCTION refuse_audit_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_entry_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_entry_change();

ALTER TABLE idempotency_keys RENAME COLUMN request_key TO idempotency_key;

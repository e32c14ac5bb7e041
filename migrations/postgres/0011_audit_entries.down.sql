-- Everything that 0011_audit_entries.up.sql renamed, in the opposite order.

ALTER TABLE idempotency_keys RENAME COLUMN idempotency_key TO request_key;

DROP TRIGGER audit_entries_append_only ON audit_entries;
DROP TRIGGER audit_entries_no_truncate ON audit_entries;
DROP FUNCTION refuse_audit_entry_change;
DROP INDEX audit_entries_of_subject;
DROP INDEX audit_entries_of_operator;

ALTER TABLE audit_entries RENAME CONSTRAINT audit_entries_subject_kind_check TO deeds_subject_kind_check;
ALTER TABLE audit_entries RENAME CONSTRAINT audit_entries_action_check TO deeds_act_check;
ALTER TABLE audit_entries RENAME CONSTRAINT audit_entries_pkey TO deeds_pkey;
ALTER TABLE audit_entries RENAME COLUMN action TO act;
ALTER TABLE audit_entries RENAME TO deeds;

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

CREATE FUNCTION deeds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deeds are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER deeds_stay BEFORE UPDATE OR DELETE ON deeds FOR EACH ROW EXECUTE FUNCTION deeds_stay();
CREATE TRIGGER deeds_remain BEFORE TRUNCATE ON deeds FOR EACH STATEMENT EXECUTE FUNCTION deeds_stay();

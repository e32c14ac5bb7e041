-- Everything that 0021_sessions.up.sql created, in the opposite order. Audit entries of login codes are lost.
ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
DELETE FROM audit_entries WHERE action = 'SIGN_IN';
ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only;
ALTER TABLE audit_entries
    DROP CONSTRAINT audit_entries_action_check,
    ADD CONSTRAINT audit_entries_action_check CHECK (action IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL',
                                                                'LAY_OUT', 'BLOCK', 'UNBLOCK', 'RELEASE', 'REFUND', 'CHARGE'));
DROP TABLE sessions;

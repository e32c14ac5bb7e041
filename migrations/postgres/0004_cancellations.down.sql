-- Everything that 0004_cancellations.up.sql made, in the opposite order. Reasons stay with the deeds.

DROP FUNCTION is_awaited;
CREATE OR REPLACE FUNCTION is_held(concerts uuid[], now bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM reservations r WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.expires_at > now AND r.concert_id = ANY (concerts));
END $$;
DROP INDEX schedules_cancelled;
ALTER TABLE concerts DROP COLUMN cancellation_reason;
ALTER TABLE concerts DROP COLUMN cancelled_at;
ALTER TABLE schedules DROP COLUMN cancellation_reason;

-- Why a date is cancelled, concerts that are cancelled as a whole, and what a concert's move to another queue must not leave behind.

-- Null: no reason was given, or it isn't cancelled.
ALTER TABLE schedules ADD COLUMN cancellation_reason text CHECK (cancellation_reason IS NULL OR cancelled_at IS NOT NULL);
ALTER TABLE concerts ADD COLUMN cancelled_at bigint;
ALTER TABLE concerts ADD COLUMN cancellation_reason text CHECK (cancellation_reason IS NULL OR cancelled_at IS NOT NULL);

-- Until now the reason was kept with the deed alone.
UPDATE schedules SET cancellation_reason = (
    SELECT d.reason FROM deeds d WHERE d.subject_id IN (schedules.id, schedules.concert_id) AND d.act = 'CANCEL' AND d.at = schedules.cancelled_at
    ORDER BY d.id LIMIT 1)
WHERE cancelled_at IS NOT NULL;

-- The sweep looks for the holds of dates that were cancelled a short while ago.
CREATE INDEX schedules_cancelled ON schedules (cancelled_at) WHERE cancelled_at IS NOT NULL;

-- Whether a reservation of these concerts is HELD, within its deadline, and for a date that isn't cancelled. It looks with a snapshot of
-- its own: who holds the lock of a concert's row sees all that was committed before.
CREATE OR REPLACE FUNCTION is_held(concerts uuid[], now bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM reservations r
        WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.expires_at > now AND r.concert_id = ANY (concerts)
          AND NOT EXISTS (SELECT 1 FROM schedules d WHERE d.id = r.schedule_id AND d.cancelled_at IS NOT NULL));
END $$;

-- Whether a token of one of these queues that names the concert beside it is WAITING, or ACTIVE and within its deadline; by a snapshot of
-- its own, like is_held.
CREATE FUNCTION is_awaited(queues uuid[], concerts uuid[], now bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM unnest(queues, concerts) k (queue_id, concert_id)
        WHERE EXISTS (SELECT 1 FROM queue_tokens t WHERE t.queue_id = k.queue_id AND t.state = 'WAITING' AND t.concert_id = k.concert_id)
           OR EXISTS (SELECT 1 FROM queue_tokens t WHERE t.queue_id = k.queue_id AND t.state = 'ACTIVE' AND t.expires_at > now
                                                     AND t.concert_id = k.concert_id));
END $$;

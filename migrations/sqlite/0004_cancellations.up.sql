-- Why a date is cancelled, and concerts that are cancelled as a whole.

-- Null: no reason was given, or it isn't cancelled.
ALTER TABLE schedules ADD COLUMN cancellation_reason TEXT CHECK (cancellation_reason IS NULL OR cancelled_at IS NOT NULL);
ALTER TABLE concerts ADD COLUMN cancelled_at INTEGER;
ALTER TABLE concerts ADD COLUMN cancellation_reason TEXT CHECK (cancellation_reason IS NULL OR cancelled_at IS NOT NULL);

-- Until now the reason was kept with the deed alone.
UPDATE schedules SET cancellation_reason = (
    SELECT d.reason FROM deeds d WHERE d.subject_id IN (schedules.id, schedules.concert_id) AND d.act = 'CANCEL' AND d.at = schedules.cancelled_at
    ORDER BY d.id LIMIT 1)
WHERE cancelled_at IS NOT NULL;

-- The sweep looks for the holds of dates that were cancelled a short while ago.
CREATE INDEX schedules_cancelled ON schedules (cancelled_at) WHERE cancelled_at IS NOT NULL;

-- Everything that 0004_cancellations.up.sql made, in the opposite order. Reasons stay with the deeds.

DROP INDEX schedules_cancelled;
ALTER TABLE concerts DROP COLUMN cancellation_reason;
ALTER TABLE concerts DROP COLUMN cancelled_at;
ALTER TABLE schedules DROP COLUMN cancellation_reason;

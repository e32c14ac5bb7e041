-- Everything that 0014_operators_reads.up.sql created, in the opposite order.

DROP TRIGGER queue_tokens_no_shows;
ALTER TABLE queue_counters DROP COLUMN no_shows;
ALTER TABLE queue_admissions DROP COLUMN admitted;
ALTER TABLE queue_admissions DROP COLUMN last_admitted;

-- Operators' reads without scans: the admissions of a queue and its no-shows are kept in rows.

-- The highest number that was admitted, which is also where the search for waiting tokens starts, and the number of admissions.
ALTER TABLE queue_admissions ADD COLUMN last_admitted INTEGER NOT NULL DEFAULT 0 CHECK (last_admitted >= 0);
ALTER TABLE queue_admissions ADD COLUMN admitted INTEGER NOT NULL DEFAULT 0 CHECK (admitted >= 0);
UPDATE queue_admissions SET last_admitted = t.last_admitted, admitted = t.admitted
FROM (SELECT queue_id, max(number) AS last_admitted, count(*) AS admitted FROM queue_tokens
      WHERE activated_at IS NOT NULL GROUP BY queue_id) t
WHERE queue_admissions.queue_id = t.queue_id;

-- The number of tokens that ended UNCLAIMED.
ALTER TABLE queue_counters ADD COLUMN no_shows INTEGER NOT NULL DEFAULT 0 CHECK (no_shows >= 0);
UPDATE queue_counters SET no_shows = t.no_shows
FROM (SELECT queue_id, count(*) AS no_shows FROM queue_tokens WHERE reason = 'UNCLAIMED' GROUP BY queue_id) t
WHERE queue_counters.queue_id = t.queue_id;
CREATE TRIGGER queue_tokens_no_shows AFTER UPDATE OF state ON queue_tokens WHEN NEW.reason = 'UNCLAIMED' AND OLD.state <> 'EXPIRED' BEGIN
    UPDATE queue_counters SET no_shows = no_shows + 1 WHERE queue_id = NEW.queue_id;
END;

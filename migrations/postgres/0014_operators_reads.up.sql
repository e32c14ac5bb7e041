-- Operators' reads without scans: the admissions of a queue and its no-shows are kept in rows, and one instance sums the ledger.

-- The highest number that was admitted, which is also where the search for waiting tokens starts, and the number of admissions.
ALTER TABLE queue_admissions
    ADD COLUMN last_admitted bigint NOT NULL DEFAULT 0 CHECK (last_admitted >= 0),
    ADD COLUMN admitted bigint NOT NULL DEFAULT 0 CHECK (admitted >= 0);
UPDATE queue_admissions a SET last_admitted = t.last_admitted, admitted = t.admitted
FROM (SELECT queue_id, max(number) AS last_admitted, count(*) AS admitted FROM queue_tokens
      WHERE activated_at IS NOT NULL GROUP BY queue_id) t
WHERE a.queue_id = t.queue_id;

-- The number of tokens that ended UNCLAIMED.
ALTER TABLE queue_counters ADD COLUMN no_shows bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT queue_counters_no_shows CHECK (no_shows >= 0);
UPDATE queue_counters c SET no_shows = t.no_shows
FROM (SELECT queue_id, count(*) AS no_shows FROM queue_tokens WHERE reason = 'UNCLAIMED' GROUP BY queue_id) t
WHERE c.queue_id = t.queue_id;

-- The last check of the ledger by any instance: one row, which the instance that makes the next check locks.
CREATE TABLE ledger_checks (
    id    smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    at    bigint,
    drift bigint,
    CHECK ((at IS NULL) = (drift IS NULL))
);
INSERT INTO ledger_checks (id) VALUES (1);

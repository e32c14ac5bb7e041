-- Events for those outside. Ids follow the order of writing, not of commits.
CREATE TABLE outbox (
    id      bigint NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at      bigint NOT NULL,
    kind    text   NOT NULL,
    payload json   NOT NULL
);

-- The change feed: which tokens and seats a commit wrote, a row a group. Instances read what others wrote, to keep their
-- memory up to date; rows are deleted after a minute or so.
CREATE TABLE feed (
    xid          xid8     NOT NULL DEFAULT pg_current_xact_id(),
    at           bigint   NOT NULL DEFAULT clock_micros(),
    instance     uuid     NOT NULL,
    tokens       uuid[]   NOT NULL,
    schedule_ids uuid[]   NOT NULL,
    numbers      bigint[] NOT NULL
);

-- Ids don't compress.
ALTER TABLE feed ALTER tokens SET STORAGE EXTERNAL, ALTER schedule_ids SET STORAGE EXTERNAL, ALTER numbers SET STORAGE EXTERNAL;
CREATE INDEX feed_xid ON feed (xid);

DROP FUNCTION keep_log_reader;
DROP TABLE log_readers;
DROP FUNCTION place_events;
DROP FUNCTION unplaced_events;
DROP TABLE log_extent;
DROP TABLE event_log;

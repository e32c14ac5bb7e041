-- The event log: what has happened, and the rows that read models are made of, a row a group of commits.
--
-- A commit can't know its place among others that are under way. So a row comes without positions, and gets them once it can be seen
-- (`place_events`): what can be seen later gets later ones. Of two commits that write one row the second has the higher id, since it has waited for
-- the first before it wrote here, so that within one call ids tell the order.
CREATE TABLE event_log (
    id        bigint NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    -- That of its last event.
    position  bigint,
    -- How many positions it takes: one an event, and one if there is none.
    positions bigint NOT NULL CHECK (positions >= 1),
    -- Under which name its process commits.
    instance  uuid   NOT NULL,
    at        bigint NOT NULL,
    -- JSON, as text: it is read whole or not at all.
    events    text   NOT NULL,
    rows      text   NOT NULL,
    -- The last number that each of these queues had handed out before: numbers of new tokens count from there.
    queues    uuid[],
    numbers   bigint[]
);

-- It is long, and is compressed by nobody who has a reader waiting.
ALTER TABLE event_log ALTER events SET STORAGE EXTERNAL, ALTER rows SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX event_log_position ON event_log (position) WHERE position IS NOT NULL;
CREATE INDEX event_log_unplaced ON event_log (id) WHERE position IS NULL;

-- From where to where the log goes: the last position that was deleted, and the last of all.
CREATE TABLE log_extent (
    single         boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    start_position bigint  NOT NULL DEFAULT 0 CHECK (start_position >= 0),
    end_position   bigint  NOT NULL DEFAULT 0 CHECK (end_position >= start_position)
) WITH (fillfactor = 20);
INSERT INTO log_extent DEFAULT VALUES;

-- Gives positions to rows that can be seen and have none, so many; returns how many it were. If another does so at this moment, it is left to it.
CREATE FUNCTION place_events(at_most bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    last_position bigint;
    new_position bigint;
    placed_rows bigint;
BEGIN
    SELECT end_position INTO last_position FROM log_extent FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    -- A statement of its own sees what the one before has placed.
    WITH next AS MATERIALIZED (SELECT id, ctid AS place, positions FROM event_log WHERE position IS NULL ORDER BY id LIMIT at_most),
         placed AS (SELECT place, last_position + sum(positions) OVER (ORDER BY id) AS position FROM next),
         written AS (UPDATE event_log l SET position = placed.position FROM placed WHERE l.ctid = placed.place RETURNING l.position)
    SELECT count(*), max(position) INTO placed_rows, new_position FROM written;
    IF placed_rows > 0 THEN
        UPDATE log_extent SET end_position = new_position;
    END IF;
    RETURN placed_rows;
END $$;

-- Up to where readers have read: so long the log is kept for them.
CREATE TABLE log_readers (
    name     text   NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    position bigint NOT NULL CHECK (position >= 0),
    moved_at bigint NOT NULL
);

-- It had no reader, and its events no subject: nothing is told of them twice.
DROP TABLE outbox;
DROP TABLE feed;

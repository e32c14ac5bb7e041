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
    -- The transaction that wrote it: see `log_extent`.
    xid       xid8   NOT NULL DEFAULT pg_current_xact_id(),
    at        bigint NOT NULL,
    -- JSON, as text: it is read whole or not at all.
    events    text   NOT NULL,
    rows      text   NOT NULL,
    -- The last number that each of these queues had handed out before: numbers of new tokens count from there.
    queues    uuid[],
    numbers   bigint[]
);

-- It is long, so that PostgreSQL compresses it, and lz4 takes no longer than to write it as it is. Where PostgreSQL was built without, its other way of
-- compressing would take several times as long: there it stays as it is.
DO $$
BEGIN
    ALTER TABLE event_log ALTER events SET COMPRESSION lz4, ALTER rows SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    ALTER TABLE event_log ALTER events SET STORAGE EXTERNAL, ALTER rows SET STORAGE EXTERNAL;
END $$;
CREATE UNIQUE INDEX event_log_position ON event_log (position) WHERE position IS NOT NULL;
CREATE INDEX event_log_unplaced ON event_log (xid) WHERE position IS NULL;

-- From where to where the log goes: the last position that was deleted, and the last of all. All rows that could be seen in the snapshot `placed` have
-- positions, so that nobody looks for them among what vacuum has yet to remove.
CREATE TABLE log_extent (
    single         boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    start_position bigint  NOT NULL DEFAULT 0 CHECK (start_position >= 0),
    end_position   bigint  NOT NULL DEFAULT 0 CHECK (end_position >= start_position),
    placed         pg_snapshot
) WITH (fillfactor = 20);
INSERT INTO log_extent DEFAULT VALUES;

-- The rows without positions that couldn't be seen in a snapshot: those of later transactions, and of those that were under way.
CREATE FUNCTION unplaced_events(placed pg_snapshot) RETURNS TABLE (id bigint, place tid, positions bigint) LANGUAGE sql STABLE AS $$
    SELECT l.id, l.ctid, l.positions FROM event_log l WHERE l.position IS NULL AND l.xid >= coalesce(pg_snapshot_xmax(placed), '0'::xid8)
    UNION ALL
    SELECT l.id, l.place, l.positions FROM pg_snapshot_xip(placed) AS under_way (xid)
    CROSS JOIN LATERAL (
        SELECT o.id, o.ctid AS place, o.positions FROM event_log o WHERE o.xid = under_way.xid AND o.position IS NULL OFFSET 0) l
$$;

-- Gives positions to rows that can be seen and have none, so many; returns how many there were. All of them are looked at `anew` by a process that
-- has just begun: in a restored dump, snapshots are those of another server.
CREATE FUNCTION place_events(at_most bigint, anew boolean) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    last_position bigint;
    placed_before pg_snapshot;
    placed_now pg_snapshot;
    new_position bigint;
    placed_rows bigint;
BEGIN
    PERFORM FROM log_extent FOR UPDATE;
    -- Statements of their own see what was placed by whoever had the lock before.
    SELECT end_position, CASE WHEN NOT anew THEN placed END INTO last_position, placed_before FROM log_extent;
    WITH unplaced AS MATERIALIZED (SELECT * FROM unplaced_events(placed_before)),
         next AS MATERIALIZED (SELECT * FROM unplaced ORDER BY id LIMIT at_most),
         positioned AS (SELECT place, last_position + sum(positions) OVER (ORDER BY id) AS position FROM next),
         written AS (UPDATE event_log l SET position = p.position FROM positioned p WHERE l.ctid = p.place RETURNING l.position)
    SELECT count(*), coalesce(max(position), last_position), pg_current_snapshot() INTO placed_rows, new_position, placed_now FROM written;
    IF placed_rows > 0 OR anew THEN
        UPDATE log_extent
        SET end_position = new_position, placed = CASE WHEN placed_rows < at_most THEN placed_now ELSE placed_before END;
    END IF;
    RETURN placed_rows;
END $$;

-- Up to where readers have read: so long the log is kept for them.
CREATE TABLE log_readers (
    name     text   NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    position bigint NOT NULL CHECK (position >= 0),
    moved_at bigint NOT NULL
);

-- Keeps up to where a reader has read; false if it is new and there are so many already.
CREATE FUNCTION keep_log_reader(reader text, read_position bigint, now bigint, at_most bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- One after the other, so that they are counted.
    PERFORM FROM log_extent FOR UPDATE;
    INSERT INTO log_readers (name, position, moved_at)
    SELECT reader, read_position, now
    WHERE (SELECT count(*) FROM log_readers) < at_most OR EXISTS (SELECT FROM log_readers WHERE name = reader)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at;
    RETURN FOUND;
END $$;

-- It had no reader, and its events no subject: nothing is told of them twice.
DROP TABLE outbox;
DROP TABLE feed;

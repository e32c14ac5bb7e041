-- What a group relies on in the catalogue is locked by advisory locks, not by locks of its rows. Row locks are unfair: as long as new commits
-- share a row, an operator who wants to change it waits. Advisory locks are granted in order. All rows share 1,024 of them, so that a
-- group needs a limited number.

-- The lock of a row of the catalogue.
CREATE FUNCTION catalogue_lock(id uuid) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN uuid_hash(id) & 1023;

-- Locks the rows of the catalogue that a group relies on, with the versions that they must have, and those that it writes. Returns whether the
-- former have these versions. A group has written all its rows before, so that it doesn't hold the advisory locks while it waits for rows.
CREATE FUNCTION rely_on(queues uuid[], queue_versions bigint[], concerts uuid[], concert_versions bigint[],
                        schedules uuid[], schedule_versions bigint[], written uuid[]) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    relied_on CONSTANT uuid[] := queues || concerts || schedules;
    next record;
BEGIN
    IF cardinality(relied_on) = 0 AND cardinality(written) = 0 THEN
        RETURN true;
    END IF;
    -- In one order, so that groups don't wait for each other in a circle.
    FOR next IN
        SELECT l.number, bool_or(l.is_written) AS is_written
        FROM (SELECT catalogue_lock(id) AS number, false AS is_written FROM unnest(relied_on) k (id)
              UNION ALL SELECT catalogue_lock(id), true FROM unnest(written) k (id)) l
        GROUP BY l.number ORDER BY l.number
    LOOP
        IF next.is_written THEN
            PERFORM pg_advisory_xact_lock(7020720, next.number);
        ELSE
            PERFORM pg_advisory_xact_lock_shared(7020720, next.number);
        END IF;
    END LOOP;
    -- A statement of its own sees all that was committed before the locks were granted.
    RETURN cardinality(relied_on) = (
        SELECT count(*) FROM (
            SELECT FROM unnest(queues, queue_versions) k (id, version)
            CROSS JOIN LATERAL (SELECT FROM queues t WHERE t.id = k.id AND t.version = k.version OFFSET 0) t
            UNION ALL
            SELECT FROM unnest(concerts, concert_versions) k (id, version)
            CROSS JOIN LATERAL (SELECT FROM concerts t WHERE t.id = k.id AND t.version = k.version OFFSET 0) t
            UNION ALL
            SELECT FROM unnest(schedules, schedule_versions) k (id, version)
            CROSS JOIN LATERAL (SELECT FROM schedules t WHERE t.id = k.id AND t.version = k.version OFFSET 0) t) found);
END $$;

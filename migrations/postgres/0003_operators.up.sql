-- The operator's desk: limits of a concert, dates that are called off, and what operators did.

-- Null: as many seats a user as of any concert.
ALTER TABLE concerts ADD COLUMN max_seats_per_user bigint CHECK (max_seats_per_user BETWEEN 1 AND 100);
-- Null: it takes place.
ALTER TABLE schedules ADD COLUMN cancelled_at bigint;

-- Who did what to which thing. `changes` is an array of {name, before, after}.
CREATE TABLE deeds (
    id           uuid   NOT NULL PRIMARY KEY,
    at           bigint NOT NULL,
    operator_id  uuid   NOT NULL,
    act          text   NOT NULL CHECK (act IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                'UNBLOCK', 'RELEASE', 'REFUND')),
    subject_kind text   NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT')),
    subject_id   uuid   NOT NULL,
    reason       text,
    changes      json   NOT NULL
);

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

-- What was done stays done.
CREATE FUNCTION deeds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deeds are never changed or deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER deeds_stay BEFORE UPDATE OR DELETE ON deeds FOR EACH ROW EXECUTE FUNCTION deeds_stay();
CREATE TRIGGER deeds_remain BEFORE TRUNCATE ON deeds FOR EACH STATEMENT EXECUTE FUNCTION deeds_stay();

-- Users are looked for by how their names begin.
CREATE INDEX users_name ON users (name COLLATE "C", id);

-- Whether a reservation of these concerts is HELD and within its deadline. It looks with a snapshot of its own: who holds the lock of a
-- concert's row sees all that was committed before.
CREATE FUNCTION is_held(concerts uuid[], now bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM reservations r WHERE r.state = 'HELD' AND r.expires_at > 0 AND r.expires_at > now AND r.concert_id = ANY (concerts));
END $$;

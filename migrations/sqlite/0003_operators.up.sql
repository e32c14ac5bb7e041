-- The operator's desk: limits of a concert, dates that are called off, and what operators did.

-- Null: as many seats a user as of any concert.
ALTER TABLE concerts ADD COLUMN max_seats_per_user INTEGER CHECK (max_seats_per_user BETWEEN 1 AND 100);
-- Null: it takes place.
ALTER TABLE schedules ADD COLUMN cancelled_at INTEGER;

-- Who did what to which thing. `changes` is an array of {name, before, after}.
CREATE TABLE deeds (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at           INTEGER NOT NULL,
    operator_id  BLOB    NOT NULL CHECK (length(operator_id) = 16),
    act          TEXT    NOT NULL CHECK (act IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL', 'LAY_OUT', 'BLOCK',
                                                 'UNBLOCK', 'RELEASE', 'REFUND')),
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('QUEUE', 'CONCERT', 'SCHEDULE', 'RESERVATION', 'PAYMENT')),
    subject_id   BLOB    NOT NULL CHECK (length(subject_id) = 16),
    reason       TEXT,
    changes      TEXT    NOT NULL CHECK (json_valid(changes))
) STRICT, WITHOUT ROWID;

CREATE INDEX deeds_of_subject ON deeds (subject_id, id);
CREATE INDEX deeds_of_operator ON deeds (operator_id, id);

-- What was done stays done.
CREATE TRIGGER deeds_stay BEFORE UPDATE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never changed');
END;
CREATE TRIGGER deeds_remain BEFORE DELETE ON deeds BEGIN
    SELECT RAISE(ABORT, 'deeds are never deleted');
END;

-- Users are looked for by how their names begin.
CREATE INDEX users_name ON users (name, id);

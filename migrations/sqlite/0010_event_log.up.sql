-- The event log: what has happened, a row a group of commits. Each event has a position, in the order of commits.
CREATE TABLE event_log (
    -- That of its last event.
    position  INTEGER NOT NULL PRIMARY KEY,
    -- How many positions it has.
    positions INTEGER NOT NULL CHECK (positions >= 1),
    at        INTEGER NOT NULL,
    -- JSON.
    events    TEXT    NOT NULL
) STRICT;

-- From where to where the log goes: the last position that was deleted, and the last of all.
CREATE TABLE log_extent (
    single         INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (single = 1),
    start_position INTEGER NOT NULL DEFAULT 0 CHECK (start_position >= 0),
    end_position   INTEGER NOT NULL DEFAULT 0 CHECK (end_position >= start_position)
) STRICT;
INSERT INTO log_extent DEFAULT VALUES;

-- Up to where readers have read: so long the log is kept for them.
CREATE TABLE log_readers (
    name     TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    position INTEGER NOT NULL CHECK (position >= 0),
    moved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- It had no reader, and its events no subject: nothing is told of them twice.
DROP TABLE outbox;

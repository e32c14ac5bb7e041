CREATE TABLE outbox (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    payload TEXT    NOT NULL CHECK (json_valid(payload))
) STRICT;

CREATE INDEX outbox_age ON outbox (at);
DROP TABLE log_readers;
DROP TABLE log_extent;
DROP TABLE event_log;

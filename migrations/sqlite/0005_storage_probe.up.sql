-- Where a trial write goes after a write failed: only so is it found out that there is room on the disk again. Empty at all other times.

CREATE TABLE storage_probe (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    ballast BLOB    NOT NULL
) STRICT;

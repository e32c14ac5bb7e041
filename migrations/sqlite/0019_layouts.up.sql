-- The layouts of schedules: sections, rows, price categories and coordinates, identified by the hash of their content. Schedules share them.
CREATE TABLE layouts (
    hash    TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
    -- JSON.
    content TEXT NOT NULL
) STRICT;

-- A layout is immutable.
CREATE TRIGGER layouts_no_update BEFORE UPDATE ON layouts BEGIN
    SELECT RAISE(ABORT, 'layouts are never changed');
END;
CREATE TRIGGER layouts_no_delete BEFORE DELETE ON layouts BEGIN
    SELECT RAISE(ABORT, 'layouts are never deleted');
END;

-- The layout of the seats that a schedule has; NULL: it has none, or its seats were created earlier, and have the layout of their labels.
ALTER TABLE schedules ADD COLUMN layout_hash TEXT REFERENCES layouts (hash);

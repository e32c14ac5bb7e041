-- Whether a seat is a place for a wheelchair.
ALTER TABLE seats ADD COLUMN accessible INTEGER NOT NULL DEFAULT 0 CHECK (accessible IN (0, 1));

-- Whether a seat is a place for a wheelchair.
ALTER TABLE seats ADD COLUMN accessible boolean NOT NULL DEFAULT false;

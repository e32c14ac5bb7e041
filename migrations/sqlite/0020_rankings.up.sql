-- The sales of schedules, from which rankings are made: folded from the payments and refunds in the event log, which is pruned.
CREATE TABLE schedule_sales (
    schedule_id    BLOB    NOT NULL PRIMARY KEY REFERENCES schedules (id),
    concert_id     BLOB    NOT NULL REFERENCES concerts (id),
    -- The number of sold seats, as far as the log has been folded.
    sold           INTEGER NOT NULL CHECK (sold >= 0),
    -- JSON: pairs of an hour, counted from 1970, and the number of seats that were paid for then and are sold; recent hours only.
    hours          TEXT    NOT NULL,
    last_paid_at   INTEGER NOT NULL,
    -- When it first sold out, and how long its sale had been open.
    sold_out_at    INTEGER,
    sold_out_after INTEGER CHECK (sold_out_after >= 0),
    CONSTRAINT schedule_sales_sold_out CHECK ((sold_out_at IS NULL) = (sold_out_after IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_sales_recent ON schedule_sales (last_paid_at);

-- The position up to which the log has been folded; NULL: nowhere yet. It moves in the transactions that write sales.
CREATE TABLE sales_position (
    single   INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (single = 1),
    position INTEGER CHECK (position >= 0)
) STRICT;
INSERT INTO sales_position DEFAULT VALUES;

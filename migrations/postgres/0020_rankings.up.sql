-- The sales of schedules, from which rankings are made: folded from the payments and refunds in the event log, which is pruned.
CREATE TABLE schedule_sales (
    schedule_id    uuid   NOT NULL PRIMARY KEY,
    concert_id     uuid   NOT NULL,
    -- The number of sold seats, as far as the log has been folded.
    sold           bigint NOT NULL CHECK (sold >= 0),
    -- JSON: pairs of an hour, counted from 1970, and the number of seats that were paid for then and are sold; recent hours only.
    hours          text   NOT NULL,
    last_paid_at   bigint NOT NULL,
    -- When it first sold out, and how long its sale had been open.
    sold_out_at    bigint,
    sold_out_after bigint CHECK (sold_out_after >= 0),
    CONSTRAINT schedule_sales_sold_out CHECK ((sold_out_at IS NULL) = (sold_out_after IS NULL))
);
CREATE INDEX schedule_sales_recent ON schedule_sales (last_paid_at);

-- The position up to which the log has been folded; NULL: nowhere yet. It moves in the transactions that write sales.
CREATE TABLE sales_position (
    single   boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    position bigint CHECK (position >= 0)
);
INSERT INTO sales_position DEFAULT VALUES;

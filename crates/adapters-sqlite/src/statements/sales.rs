//! Statements on the sales of schedules.

/// Moves the position up to which the event log has been folded from one (?1, or null) to another (?2).
pub(crate) const MOVE: &str = "UPDATE sales_position SET position = ?2 WHERE position IS ?1";

pub(crate) const WRITE: &str = "
    INSERT INTO schedule_sales (schedule_id, concert_id, sold, hours, last_paid_at, sold_out_at, sold_out_after)
    SELECT unhex(value ->> 'schedule_id', '-'), unhex(value ->> 'concert_id', '-'), value ->> 'sold', value ->> 'hours',
           value ->> 'last_paid_at', value ->> 'sold_out_at', value ->> 'sold_out_after'
    FROM jsonb_each(?1) WHERE true
    ON CONFLICT (schedule_id) DO UPDATE SET
        sold = excluded.sold, hours = excluded.hours, last_paid_at = excluded.last_paid_at,
        sold_out_at = excluded.sold_out_at, sold_out_after = excluded.sold_out_after";

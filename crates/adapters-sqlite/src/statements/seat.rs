//! Statements on seats.

/// Seats by schedule and number.
pub(crate) const SELECT: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN seats t ON t.schedule_id = unhex(k.value ->> 0, '-') AND t.number = k.value ->> 1";

/// Seats by schedule and label. Without the hint the planner uses the primary key, and reads the whole schedule for each label.
pub(crate) const SELECT_LABELLED: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN seats t INDEXED BY seats_label ON t.schedule_id = unhex(k.value ->> 0, '-') AND t.label = k.value ->> 1";

/// Of each of schedules (1) that has seats that aren't BLOCKED: their number, the number of those that aren't sold, and the prices of all.
pub(crate) const SELECT_OFFERED: &str = "
    SELECT s.schedule_id, count(*) AS offered, count(*) FILTER (WHERE s.state <> 'RESERVED') AS unsold,
           min(s.price) AS min_price, max(s.price) AS max_price
    FROM (SELECT DISTINCT unhex(value, '-') AS id FROM json_each(?1)) wanted
    CROSS JOIN seats s ON s.schedule_id = wanted.id
    WHERE s.state <> 'BLOCKED'
    GROUP BY s.schedule_id";

pub(crate) const INSERT: &str = "
    INSERT INTO seats (schedule_id, number, version, label, price, accessible, state, reservation_id, held_until)
    SELECT unhex(value ->> 'schedule_id', '-'), value ->> 'number', value ->> 'version', value ->> 'label', value ->> 'price',
           value ->> 'accessible', value ->> 'state', unhex(value ->> 'reservation_id', '-'), value ->> 'held_until'
    FROM jsonb_each(?1)";

pub(crate) const UPDATE: &str = "
    UPDATE seats SET
        version = new.value ->> 'version', label = new.value ->> 'label', price = new.value ->> 'price',
        accessible = new.value ->> 'accessible', state = new.value ->> 'state', reservation_id = unhex(new.value ->> 'reservation_id', '-'),
        held_until = new.value ->> 'held_until'
    FROM jsonb_each(?1) new
    WHERE schedule_id = unhex(new.value ->> 'schedule_id', '-') AND number = new.value ->> 'number'
      AND version = (new.value ->> 'version') - 1";

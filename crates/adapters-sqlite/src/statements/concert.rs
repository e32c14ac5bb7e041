//! Statements on concerts.

/// Concerts by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN concerts t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO concerts (id, version, name, host, queue_id, max_seats_per_user, cancelled_at, cancellation_reason,
                          description, image_url, venue_name, venue_city, venue_zone, publishes_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'name', value ->> 'host', unhex(value ->> 'queue_id', '-'),
           value ->> 'max_seats_per_user', value ->> 'cancelled_at', value ->> 'cancellation_reason',
           value ->> 'description', value ->> 'image_url', value ->> 'venue_name', value ->> 'venue_city', value ->> 'venue_zone',
           value ->> 'publishes_at'
    FROM jsonb_each(?1)";

/// Writes the columns that an operator changes.
pub(crate) const UPDATE: &str = "
    UPDATE concerts SET
        version = new.value ->> 'version', name = new.value ->> 'name', host = new.value ->> 'host',
        queue_id = unhex(new.value ->> 'queue_id', '-'), max_seats_per_user = new.value ->> 'max_seats_per_user',
        cancelled_at = new.value ->> 'cancelled_at', cancellation_reason = new.value ->> 'cancellation_reason',
        description = new.value ->> 'description', image_url = new.value ->> 'image_url', venue_name = new.value ->> 'venue_name',
        venue_city = new.value ->> 'venue_city', venue_zone = new.value ->> 'venue_zone', publishes_at = new.value ->> 'publishes_at'
    FROM jsonb_each(?1) new
    WHERE concerts.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";

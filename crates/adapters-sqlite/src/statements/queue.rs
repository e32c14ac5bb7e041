//! Statements on queues: the operator's columns, and separate from them the admissions and the numbers.

/// Queues by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN queues t ON t.id = unhex(k.value, '-')";

/// The admission row and the number of waiting tokens, by queue. If there are waiting tokens, the ACTIVE ones are counted.
pub(crate) const QUEUE_COUNTS: &str = "
    SELECT a.queue_id, a.version AS admission, a.last_admitted, a.admitted, c.waiting,
           CASE WHEN c.waiting > 0
                THEN (SELECT count(*) FROM queue_tokens t WHERE t.queue_id = a.queue_id AND t.state = 'ACTIVE') ELSE 0 END AS active
    FROM jsonb_each(?1) k
    CROSS JOIN queue_admissions a ON a.queue_id = unhex(k.value, '-')
    CROSS JOIN queue_counters c ON c.queue_id = a.queue_id";

/// The schedules of queues with waiting tokens, except the default queue. The existence of seats is looked up in the partial index of such
/// seats, so the condition on their state is written as in the index.
pub(crate) const OFFERED: &str = "
    SELECT c.queue_id, d.id AS schedule_id,
           EXISTS (SELECT 1 FROM seats s INDEXED BY seats_sellable
                   WHERE s.schedule_id = d.id AND s.state IN ('AVAILABLE', 'HELD')) AS has_seats
    FROM jsonb_each(?1) k
    CROSS JOIN queue_counters c ON c.queue_id = unhex(k.value, '-') AND c.waiting > 0 AND c.queue_id <> x'0f207207000070008000000000000001'
    CROSS JOIN concerts o ON o.queue_id = c.queue_id
    LEFT JOIN schedules d ON d.concert_id = o.id";

/// The admission row and the number of waiting tokens, by queue, as a join needs them: without the ACTIVE ones.
pub(crate) const WAITING: &str = "
    SELECT a.queue_id, a.version AS admission, a.last_admitted, a.admitted, c.waiting, NULL AS active
    FROM jsonb_each(?1) k
    CROSS JOIN queue_admissions a ON a.queue_id = unhex(k.value, '-')
    CROSS JOIN queue_counters c ON c.queue_id = a.queue_id";

/// Counters by queue.
pub(crate) const COUNTERS: &str = "
    SELECT t.queue_id, t.last_number, t.waiting FROM jsonb_each(?1) k CROSS JOIN queue_counters t ON t.queue_id = unhex(k.value, '-')";

/// Writes the last numbers.
pub(crate) const COUNT: &str = "
    UPDATE queue_counters SET last_number = new.value ->> 'last_number'
    FROM jsonb_each(?1) new WHERE queue_id = unhex(new.value ->> 'queue_id', '-')";

/// Adds to the number of pruned tokens of queues.
pub(crate) const COUNT_PRUNED: &str = "
    UPDATE queue_counters SET pruned = pruned + (new.value ->> 'pruned')
    FROM jsonb_each(?1) new WHERE queue_id = unhex(new.value ->> 'queue_id', '-')";

/// Writes admission rows.
pub(crate) const ADMIT: &str = "
    UPDATE queue_admissions SET
        version = new.value ->> 'version', last_admitted = new.value ->> 'last_admitted', admitted = new.value ->> 'admitted'
    FROM jsonb_each(?1) new
    WHERE queue_id = unhex(new.value ->> 'queue_id', '-') AND version = (new.value ->> 'version') - 1";

pub(crate) const INSERT: &str = "
    INSERT INTO queues (id, version, name, state, capacity, batch, active_micros, claim_micros, max_waiting, message)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'name', value ->> 'state', value ->> 'capacity',
           value ->> 'batch', value ->> 'active_micros', value ->> 'claim_micros', value ->> 'max_waiting', value ->> 'message'
    FROM jsonb_each(?1)";

/// Writes the columns that an operator changes.
pub(crate) const UPDATE: &str = "
    UPDATE queues SET
        version = new.value ->> 'version', name = new.value ->> 'name', state = new.value ->> 'state',
        capacity = new.value ->> 'capacity', batch = new.value ->> 'batch', active_micros = new.value ->> 'active_micros',
        claim_micros = new.value ->> 'claim_micros', max_waiting = new.value ->> 'max_waiting', message = new.value ->> 'message'
    FROM jsonb_each(?1) new
    WHERE queues.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";

/// Inserts the admission version of new queues.
pub(crate) const INSERT_ADMISSIONS: &str =
    "INSERT INTO queue_admissions (queue_id, version) SELECT unhex(value ->> 'id', '-'), 1 FROM jsonb_each(?1)";

/// Inserts the counters of new queues.
pub(crate) const INSERT_COUNTERS: &str = "INSERT INTO queue_counters (queue_id) SELECT unhex(value ->> 'id', '-') FROM jsonb_each(?1)";

//! Statements on the event log.

/// Adds a group's events (?3), which take a number of positions (?1), at an instant (?2).
pub(crate) const INSERT: &str = "
    INSERT INTO event_log (position, positions, at, events) SELECT end_position + ?1, ?1, ?2, ?3 FROM log_extent";
pub(crate) const EXTEND: &str = "UPDATE log_extent SET end_position = end_position + ?1";

pub(crate) const EXTENT: &str = "SELECT start_position, end_position FROM log_extent";
/// The groups with one of the next positions (?2) after a position (?1), each with the extent of the log.
pub(crate) const EVENTS: &str = "
    SELECT e.start_position, e.end_position, l.position, l.at, l.events FROM log_extent e
    LEFT JOIN (SELECT position, positions, at, events FROM event_log WHERE position > ?1 ORDER BY position LIMIT ?2) l
        ON l.position - l.positions < ?1 + ?2
    ORDER BY l.position";

/// Moves the start of the log past some of the first groups (?3): those before an instant (?1) that all readers have passed, and those
/// before another (?2).
pub(crate) const MOVE_START: &str = "
    WITH first AS MATERIALIZED (
             SELECT position, at < iif(position <= coalesce((SELECT min(position) FROM log_readers), 9223372036854775807), ?1, ?2) AS is_old
             FROM event_log ORDER BY position LIMIT ?3),
         old AS (
             SELECT max(position) AS position FROM first
             WHERE position < coalesce((SELECT min(position) FROM first WHERE NOT is_old), 9223372036854775807))
    UPDATE log_extent SET start_position = old.position FROM old WHERE old.position IS NOT NULL";
pub(crate) const DELETE_BEFORE_START: &str = "DELETE FROM event_log WHERE position <= (SELECT start_position FROM log_extent)";

pub(crate) const READERS: &str = "SELECT name, position, moved_at FROM log_readers ORDER BY name";
/// Saves the position (?2) of a reader (?1) at an instant (?3), if it is known or there are fewer readers than a limit (?4).
pub(crate) const KEEP_READER: &str = "
    INSERT INTO log_readers (name, position, moved_at)
    SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM log_readers) < ?4 OR EXISTS (SELECT 1 FROM log_readers WHERE name = ?1)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at";
pub(crate) const FORGET_READER: &str = "DELETE FROM log_readers WHERE name = ?1";

/// The instant of the first group, and whether all readers have passed it.
pub(crate) const FIRST: &str = "
    SELECT at, position <= coalesce((SELECT min(position) FROM log_readers), 9223372036854775807) AS is_read
    FROM event_log ORDER BY position LIMIT 1";

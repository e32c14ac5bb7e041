//! Statements on layouts.

/// The layouts of schedules by their ids.
pub(crate) const SELECT_OF_SCHEDULES: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN schedules s ON s.id = unhex(k.value, '-')
    CROSS JOIN layouts t ON t.hash = s.layout_hash";

/// Inserts layouts, unless they exist: one that exists has the same content.
pub(crate) const INSERT: &str = "
    INSERT OR IGNORE INTO layouts (hash, content)
    SELECT value ->> 'hash', value ->> 'content' FROM jsonb_each(?1)";

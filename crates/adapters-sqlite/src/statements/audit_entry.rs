//! Statements on audit entries.

pub(crate) const INSERT: &str = "
    INSERT INTO audit_entries (id, at, operator_id, action, subject_kind, subject_id, reason, changes)
    SELECT unhex(value ->> 'id', '-'), value ->> 'at', unhex(value ->> 'operator_id', '-'), value ->> 'action', value ->> 'subject_kind',
           unhex(value ->> 'subject_id', '-'), value ->> 'reason', value ->> 'changes'
    FROM jsonb_each(?1)";

/// Audit entries of a subject (1) and of an operator (2), each unless null, highest id first, below an id (3) unless that is null, with a
/// limit (4).
pub(crate) const SELECT_PAGE: &str = "
    SELECT * FROM audit_entries
    WHERE (?1 IS NULL OR subject_id = ?1) AND (?2 IS NULL OR operator_id = ?2)
      AND id < coalesce(?3, x'ffffffffffffffffffffffffffffffffff')
    ORDER BY id DESC LIMIT ?4";

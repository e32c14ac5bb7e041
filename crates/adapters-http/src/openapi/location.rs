//! Locations in the document.

/// The location of all schemas.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

//! What the databases do bare, on the frozen schema of commit c2841ab: the figures that Frontrow's are compared with. Nothing in this
//! folder changes with Frontrow's own schema, so that an improvement of that schema doesn't improve these figures, too.

pub(crate) mod postgres;
pub(crate) mod sqlite;

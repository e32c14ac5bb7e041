//! Loading: from needs to the keys that they name, and from a table's rows to [`domain::Rows`].

mod row;
mod wanted;

pub use row::{Row, add};
pub use wanted::Wanted;

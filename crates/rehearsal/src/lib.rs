//! The rehearsal: plays an on-sale before it happens, from outside, and says what came of it.
//!
//! A [`Record`] is what is known of it at the end: the crowd writes it, the referee judges by it, and the [`report`] shows it, beside
//! [`what_if`] the queue had admitted otherwise.

pub mod record;
pub mod report;
pub mod what_if;

pub use record::Record;

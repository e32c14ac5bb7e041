//! The store in memory: the executable specification of persistence, for tests and newcomers.
//!
//! All rows are plain maps behind one mutex (`state`), so an instant is whoever has the lock: `load` reads under it,
//! `commit` guards and writes under it. What is here reads like the docs of the ports; an adapter with a database behind it
//! does the same in SQL. Nothing survives the process.

mod audit;
mod bookings;
mod catalogue;
mod commit;
mod desk;
mod guard;
mod housekeeping;
mod load;
mod log;
mod programme;
mod pulse;
mod secrets;
mod state;
mod store;
mod tokens;
mod users;
mod wallets;

pub use store::MemoryStore;

//! Several servers on one database, and what a crash leaves behind.

mod admission;
mod crash;
mod crowd;
mod failover;
mod instances;
mod rolling;
mod waiting_room;

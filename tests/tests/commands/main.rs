//! The command line, and the rehearsal that it plays.

mod command_line;
mod desk;
mod rehearsal;
mod report;

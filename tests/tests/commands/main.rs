//! The command line, and the rehearsal that it plays.

mod admin;
mod command_line;
mod rehearsal;
mod report;

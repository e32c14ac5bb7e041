//! Tests of the command line, including rehearsals.

mod admin;
mod command_line;
mod rehearsal;
mod report;
mod tickets;

//! The `frontrow` binary.
fn main() {}

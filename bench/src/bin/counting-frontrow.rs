//! The server that counts the memory it has allocated, for the bench.

use std::process::ExitCode;

use cap::Cap;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: Cap<MiMalloc> = Cap::new(MiMalloc, usize::MAX);

fn main() -> ExitCode {
    bench::run_counting(|| ALLOCATOR.allocated())
}

//! A server that counts the memory it has allocated: Frontrow with an allocator around its own that adds up the sizes of all allocations.
//! The released server has no such count, as each allocation would change a counter that all threads share.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use frontrow::Frontrow;

use crate::statistics::float;

/// The metric with the bytes that are allocated.
pub(crate) const ALLOCATED: &str = "bench_allocated_bytes";
/// The interval at which it is updated.
pub(crate) const INTERVAL: Duration = Duration::from_millis(100);

/// Runs Frontrow's command line; while it serves, its metrics contain the result of `allocated`.
pub fn run_counting(allocated: fn() -> usize) -> ExitCode {
    // It ends with the process.
    thread::spawn(move || {
        loop {
            metrics::gauge!(ALLOCATED).set(float(u64::try_from(allocated()).unwrap_or(u64::MAX)));
            thread::sleep(INTERVAL);
        }
    });
    Frontrow::new().run()
}

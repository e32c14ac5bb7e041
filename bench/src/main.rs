//! The program that `make bench` runs; the library contains its code and tests.

/// The server's allocator, so that the bare handler uses it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Uses one thread: more would take more time from server and database than they would use for sending.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    bench::measure().await
}

//! What `make bench` runs: the library, which is documented and tested as one.

/// One thread: more would take more from server and database than they would send.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    bench::measure().await
}

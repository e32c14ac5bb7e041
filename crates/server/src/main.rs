//! The `frontrow` binary: the library with the built-in stores.

use std::process::ExitCode;

use frontrow::Frontrow;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    Frontrow::new().run()
}

//! The optional features of this build. `make run` omits those that a first look doesn't need, to shorten the build.

use std::sync::OnceLock;

/// An optional part of the program: a Cargo feature of this package.
struct Part {
    feature: &'static str,
    present: bool,
}

const PARTS: [Part; 2] = [
    Part { feature: "otlp", present: cfg!(feature = "otlp") },
    Part { feature: "process-metrics", present: cfg!(feature = "process-metrics") },
];

/// Returns the version, and the omitted features.
pub(crate) fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let omitted: Vec<_> = PARTS.iter().filter(|part| !part.present).map(|part| part.feature).collect();
        let version = env!("CARGO_PKG_VERSION");
        if omitted.is_empty() { version.to_owned() } else { format!("{version}, built without {}", omitted.join(", ")) }
    })
}

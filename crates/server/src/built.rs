//! What this binary was built with. `make run` leaves out what a first look doesn't need, so that it builds sooner.

use std::sync::OnceLock;

/// A part that a build may leave out, as a Cargo feature of this package.
struct Part {
    feature: &'static str,
    present: bool,
}

const PARTS: [Part; 2] = [
    Part { feature: "otlp", present: cfg!(feature = "otlp") },
    Part { feature: "process-metrics", present: cfg!(feature = "process-metrics") },
];

/// The version, and what was left out.
pub(crate) fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let left_out: Vec<_> = PARTS.iter().filter(|part| !part.present).map(|part| part.feature).collect();
        let version = env!("CARGO_PKG_VERSION");
        if left_out.is_empty() { version.to_owned() } else { format!("{version}, built without {}", left_out.join(", ")) }
    })
}

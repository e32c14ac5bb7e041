//! JSON documents as arguments of commands.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::text;

/// Reads the JSON in a file, or from standard input if the file is `-`.
pub(super) fn read(file: &Path) -> anyhow::Result<Value> {
    let read = if file == Path::new("-") { text::read(io::stdin()) } else { File::open(file).and_then(text::read) };
    let text = read.with_context(|| format!("{} can't be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", file.display()))
}

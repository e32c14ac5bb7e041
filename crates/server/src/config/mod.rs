//! Configuration: built-in defaults, `config/default.toml`, `config/<profile>.toml`, environment variables; in this order, the
//! later ones win.

mod auth;
mod http;
mod settings;
mod telemetry;
mod values;

use std::path::Path;

use config::{Config, Environment, File, FileFormat};
use thiserror::Error;

pub(crate) use auth::{External, KeySource};
pub(crate) use settings::{DatabaseUrl, LogFormat, Settings};
#[cfg(feature = "otlp")]
pub(crate) use telemetry::Otlp;
use values::Values;

const BUILT_IN: &str = include_str!("../../../../config/default.toml");
/// Built in as well, so that production is production in whatever folder it runs.
const PRODUCTION: &str = include_str!("../../../../config/production.toml");

/// The configuration can't be used.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// It can't be read.
    #[error("{0}")]
    Unreadable(#[from] config::ConfigError),
    /// A key's value is wrong.
    #[error("{key} {problem}")]
    Wrong {
        /// The key, like `queue.batch`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads the configuration from `folder` and the environment. Missing files are no error.
pub(crate) fn load(folder: &Path, profile: Option<&str>) -> Result<Settings, ConfigError> {
    let mut layers = Config::builder()
        .add_source(File::from_str(BUILT_IN, FileFormat::Toml))
        .add_source(File::from(folder.join("default.toml")).required(false));
    if profile == Some("production") {
        layers = layers.add_source(File::from_str(PRODUCTION, FileFormat::Toml));
    }
    if let Some(profile) = profile {
        layers = layers.add_source(File::from(folder.join(format!("{profile}.toml"))).required(false));
    }
    from(layers.add_source(environment()).build()?)
}

/// `FRONTROW__SECTION__KEY`. The texts stay texts: who wants a number reads one out of it, and a secret of digits alone is none.
fn environment() -> Environment {
    Environment::with_prefix("FRONTROW").prefix_separator("__").separator("__")
}

fn from(layers: Config) -> Result<Settings, ConfigError> {
    Settings::try_from(layers.try_deserialize::<Values>()?)
}

#[cfg(test)]
mod tests;

//! Configuration: built-in defaults, `config/default.toml`, `config/<profile>.toml`, environment variables; in this order, the
//! later ones win.

mod auth;
mod http;
mod settings;
mod telemetry;
mod values;
mod written;

use std::path::Path;

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, Environment, File, FileFormat};
use thiserror::Error;

pub(crate) use auth::{External, KeySource};
pub(crate) use settings::{LogFormat, Settings};
#[cfg(feature = "otlp")]
pub(crate) use telemetry::Otlp;
pub(crate) use written::Entry;

use crate::store::Drivers;

const BUILT_IN: &str = include_str!("../../../../config/default.toml");
/// Built in as well, so that production is production in whatever folder it runs.
const PRODUCTION_PROFILE: &str = "production";
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

/// The configuration of `folder` and the environment, checked; its store is one of `drivers`. Missing files are no error.
pub(crate) fn load(folder: &Path, profile: Option<&str>, drivers: &Drivers) -> Result<Settings, ConfigError> {
    let settings = from(layers(folder, profile)?, drivers)?;
    if profile == Some(PRODUCTION_PROFILE) { settings.check_for_production() } else { Ok(settings) }
}

/// Every key of the same configuration with its value in force and where that comes from, secrets hidden.
pub(crate) fn written(folder: &Path, profile: Option<&str>) -> Result<Vec<Entry>, ConfigError> {
    written::entries(&layers(folder, profile)?)
}

fn layers(folder: &Path, profile: Option<&str>) -> Result<Config, ConfigError> {
    let mut layers = built_in().add_source(File::from(folder.join("default.toml")).required(false));
    if profile == Some(PRODUCTION_PROFILE) {
        layers = layers.add_source(File::from_str(PRODUCTION, FileFormat::Toml));
    }
    if let Some(profile) = profile {
        layers = layers.add_source(File::from(folder.join(format!("{profile}.toml"))).required(false));
    }
    Ok(layers.add_source(environment()).build()?)
}

fn built_in() -> ConfigBuilder<DefaultState> {
    Config::builder().add_source(File::from_str(BUILT_IN, FileFormat::Toml))
}

/// `FRONTROW__SECTION__KEY`. The texts stay texts: who wants a number reads one out of it, and a secret of digits alone is none.
fn environment() -> Environment {
    Environment::with_prefix("FRONTROW").prefix_separator("__").separator("__")
}

fn from(layers: Config, drivers: &Drivers) -> Result<Settings, ConfigError> {
    written::refuse_unknown(&layers)?;
    Settings::read(&layers.try_deserialize()?, drivers)
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;

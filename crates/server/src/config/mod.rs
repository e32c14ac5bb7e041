//! Configuration, from built-in defaults, `config/default.toml`, `config/<profile>.toml` and environment variables, in this order; later
//! ones have precedence.

mod auth;
mod checks;
mod error;
mod http;
mod layers;
mod sessions;
mod settings;
mod telemetry;
mod values;
mod written;

use std::path::Path;

use config::Config;

pub(crate) use auth::{External, KeySource};
pub(crate) use error::ConfigError;
pub(crate) use settings::{LogFormat, Settings};
#[cfg(feature = "otlp")]
pub(crate) use telemetry::Otlp;
pub(crate) use written::Entry;

use crate::store::Drivers;
use layers::{PRODUCTION_PROFILE, layers};

/// Loads and checks the configuration from `folder` and the environment, with a store of one of `drivers`. Missing files are no error.
pub(crate) fn load(folder: &Path, profile: Option<&str>, drivers: &Drivers) -> Result<Settings, ConfigError> {
    let settings = from(layers(folder, profile)?, drivers)?;
    if profile == Some(PRODUCTION_PROFILE) { settings.check_for_production() } else { Ok(settings) }
}

/// Returns every key of the same configuration with its effective value and source, secrets hidden.
pub(crate) fn written(folder: &Path, profile: Option<&str>) -> Result<Vec<Entry>, ConfigError> {
    written::entries(&layers(folder, profile)?)
}

fn from(layers: Config, drivers: &Drivers) -> Result<Settings, ConfigError> {
    written::refuse_unknown(&layers)?;
    Settings::read(&layers.try_deserialize()?, drivers)
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;

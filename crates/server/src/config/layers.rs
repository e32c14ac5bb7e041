//! The layers of the configuration; later ones have precedence.

use std::path::Path;

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, Environment, File, FileFormat};

use super::error::ConfigError;

const BUILT_IN: &str = include_str!("../../../../config/default.toml");
/// Also built in, so that it applies in every working directory.
pub(super) const PRODUCTION_PROFILE: &str = "production";
const PRODUCTION: &str = include_str!("../../../../config/production.toml");

pub(super) fn layers(folder: &Path, profile: Option<&str>) -> Result<Config, ConfigError> {
    let mut layers = built_in().add_source(File::from(folder.join("default.toml")).required(false));
    if profile == Some(PRODUCTION_PROFILE) {
        layers = layers.add_source(File::from_str(PRODUCTION, FileFormat::Toml));
    }
    if let Some(profile) = profile {
        layers = layers.add_source(File::from(folder.join(format!("{profile}.toml"))).required(false));
    }
    Ok(layers.add_source(environment()).build()?)
}

pub(super) fn built_in() -> ConfigBuilder<DefaultState> {
    Config::builder().add_source(File::from_str(BUILT_IN, FileFormat::Toml))
}

/// The variables `FRONTROW__SECTION__KEY`. Values remain strings; the keys of numbers parse theirs, so a secret of digits is not taken for
/// a number.
pub(super) fn environment() -> Environment {
    Environment::with_prefix("FRONTROW").prefix_separator("__").separator("__")
}

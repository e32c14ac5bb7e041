//! The built-in scenarios.

/// The names of the built-in scenarios.
pub const NAMES: [&str; 4] = ["club", "arena", "stampede", "bots"];

/// Returns the text of the scenario with this name.
pub(super) fn text(name: &str) -> Option<&'static str> {
    match name {
        "club" => Some(include_str!("../../scenarios/club.toml")),
        "arena" => Some(include_str!("../../scenarios/arena.toml")),
        "stampede" => Some(include_str!("../../scenarios/stampede.toml")),
        "bots" => Some(include_str!("../../scenarios/bots.toml")),
        _ => None,
    }
}

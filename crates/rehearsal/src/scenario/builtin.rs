//! The scenarios that come with the program.

/// Their names.
pub const NAMES: [&str; 4] = ["club", "arena", "stampede", "bots"];

/// The text of the one that is called so.
pub(super) fn text(name: &str) -> Option<&'static str> {
    match name {
        "club" => Some(include_str!("../../scenarios/club.toml")),
        "arena" => Some(include_str!("../../scenarios/arena.toml")),
        "stampede" => Some(include_str!("../../scenarios/stampede.toml")),
        "bots" => Some(include_str!("../../scenarios/bots.toml")),
        _ => None,
    }
}

//! `frontrow console`.

use std::ffi::OsString;

use clap::Args;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  frontrow console\n  frontrow console --no-browser\n  \
    frontrow console --server https://tickets.example.com --token TOKEN")]
pub(crate) struct Console {
    /// Only print the address.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Display of the desktop, if there is one.
    #[arg(hide = true, long, env = "DISPLAY")]
    pub(crate) x_display: Option<OsString>,
    /// Display of the desktop, if there is one.
    #[arg(hide = true, long, env = "WAYLAND_DISPLAY")]
    pub(crate) wayland_display: Option<OsString>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

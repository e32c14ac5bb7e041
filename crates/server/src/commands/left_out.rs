//! In the place of a command that this build leaves out.

use std::path::Path;
use std::process::ExitCode;

use crate::built;
use crate::cli::LeftOut;
use crate::show::Show;

pub(super) fn run(_: &LeftOut, _: &Path, _: Option<&str>, _: Show) -> anyhow::Result<ExitCode> {
    Err(built::lacks("rehearse"))
}

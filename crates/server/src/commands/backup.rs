//! `frontrow backup`: copies the store to a file, also while a server is running.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::Backup;
use crate::config::Settings;
use crate::output::Output;
use crate::store::BackupOutcome;
use crate::usage::Usage;

pub(super) async fn run(settings: &Settings, Backup { file }: &Backup, output: Output) -> anyhow::Result<ExitCode> {
    match settings.store.back_up(file).await? {
        BackupOutcome::Written { bytes } => {
            output.print(&json!({"file": file, "bytes": bytes}), || format!("wrote {bytes} bytes to {}", file.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        BackupOutcome::Unsupported(why) => Err(Usage(why).into()),
    }
}

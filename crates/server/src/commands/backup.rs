//! `frontrow backup`: copies the store to a file, beside a running server.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::Backup;
use crate::config::Settings;
use crate::failure::Usage;
use crate::output::Output;
use crate::store::BackupOutcome;

pub(super) async fn run(settings: &Settings, Backup { file }: &Backup, output: Output) -> anyhow::Result<ExitCode> {
    match settings.store.back_up(file).await? {
        BackupOutcome::Written { bytes } => {
            output.tell(&json!({"file": file, "bytes": bytes}), || format!("{} has {bytes} bytes", file.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        BackupOutcome::Unsupported(why) => Err(Usage(why).into()),
    }
}

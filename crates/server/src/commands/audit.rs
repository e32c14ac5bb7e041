//! `frontrow audit`: whether the promises hold.

use std::process::ExitCode;

use crate::config::Settings;
use crate::{FAILED, store};

pub(super) async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    store::must_exist(&settings.database).await?;
    let findings = store::open(settings).await?.ports.audit.audit().await?;
    for finding in &findings {
        let verdict = if finding.violations == 0 { "holds".to_owned() } else { format!("BROKEN by {} rows", finding.violations) };
        println!("{:3} {:45} {verdict}", finding.promise, finding.name);
    }
    let broken = findings.iter().any(|finding| finding.violations > 0);
    Ok(if broken { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

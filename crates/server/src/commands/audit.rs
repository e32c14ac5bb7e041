//! `frontrow audit`: checks whether the stored rows keep the promises.

use std::process::ExitCode;

use application::ports::Finding;
use serde_json::{Value, json};

use crate::config::Settings;
use crate::failure::FAILED;
use crate::output::Output;

pub(super) async fn run(settings: &Settings, output: Output) -> anyhow::Result<ExitCode> {
    let findings = settings.store.audit().await?;
    let holds = findings.iter().all(|finding| finding.violations == 0);
    let rows: Value = findings
        .iter()
        .map(|finding| json!({"promise": finding.invariant.promise(), "name": finding.invariant.name(), "violations": finding.violations}))
        .collect();
    output.print(&json!({"holds": holds, "findings": rows}), || findings.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn line(finding: &Finding) -> String {
    let verdict = if finding.violations == 0 { "holds".to_owned() } else { format!("BROKEN by {} rows", finding.violations) };
    format!("{:3} {:45} {verdict}", finding.invariant.promise(), finding.invariant.name())
}

//! The verdict on each promise, and its violations.

use super::escape::Text;
use super::numbers;
use crate::record::Verdict;

/// The maximum number of listed violations of a promise; `report.json` contains all.
const MAX_LISTED: usize = 50;

pub(super) fn table(verdicts: &[Verdict]) -> String {
    if verdicts.is_empty() {
        return "<p class=\"nothing\">Nothing was checked.</p>\n".to_owned();
    }
    let rows: String = verdicts.iter().map(row).collect();
    format!(
        "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Promise</th><th scope=\"col\" class=\"n\">Checked</th>\
         <th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

fn row(verdict: &Verdict) -> String {
    let (class, text) = match verdict.violations.len() {
        0 => ("kept", "✓ kept".to_owned()),
        1 => ("broken", "✗ broken once".to_owned()),
        times => ("broken", format!("✗ broken {times} times")),
    };
    let (promise, looked_at) = (Text(&verdict.promise), numbers::count(verdict.looked_at));
    let row = format!(
        "<tr><th scope=\"row\">{promise}</th><td class=\"n\">{looked_at}</td><td><span class=\"mark {class}\">{text}</span></td></tr>\n"
    );
    if verdict.violations.is_empty() { row } else { format!("{row}<tr class=\"why\"><td colspan=\"3\">{}</td></tr>\n", list(verdict)) }
}

fn list(verdict: &Verdict) -> String {
    let items: String = verdict.violations.iter().take(MAX_LISTED).map(|violation| item(violation)).collect();
    let more = match verdict.violations.len().saturating_sub(MAX_LISTED) {
        0 => String::new(),
        more => format!("<p>and {more} more; report.json contains all of them</p>\n"),
    };
    format!("<ul>\n{items}</ul>\n{more}")
}

fn item(violation: &str) -> String {
    format!("<li>{}</li>\n", Text(violation))
}

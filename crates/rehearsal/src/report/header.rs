//! The header of the report: the scenario, the key figures, and whether every promise was kept.

use super::escape::Text;
use super::numbers;
use crate::Record;

pub(super) fn header(record: &Record) -> String {
    format!(
        "<header>\n<p class=\"kind\">Frontrow rehearsal</p>\n<h1>{}</h1>\n<p class=\"when\">{}seed {}</p>\n{}{}</header>\n",
        Text(name(record)),
        if record.started_at.is_empty() { String::new() } else { format!("<time>{}</time> · ", Text(&record.started_at)) },
        record.seed,
        banner(record),
        key_figures(record),
    )
}

/// Returns the name of the scenario.
pub(super) fn name(record: &Record) -> &str {
    if record.scenario.is_empty() { "A sale" } else { &record.scenario }
}

fn banner(record: &Record) -> String {
    let broken = record.verdicts.iter().filter(|verdict| !verdict.violations.is_empty()).count();
    let (class, sign, text) = match (record.verdicts.len(), broken) {
        (0, _) => ("open", "–", "Nothing was checked.".to_owned()),
        (1, 0) => ("kept", "✓", "The promise was kept.".to_owned()),
        (all, 0) => ("kept", "✓", format!("All {all} promises were kept.")),
        (1, _) => ("broken", "✗", "The promise was broken.".to_owned()),
        (all, broken) => ("broken", "✗", format!("{broken} of {all} promises {} broken.", if broken == 1 { "was" } else { "were" })),
    };
    format!("<p class=\"banner {class}\"><span aria-hidden=\"true\">{sign}</span> {text}</p>\n")
}

fn key_figures(record: &Record) -> String {
    let sold_out = record.timeline.iter().find(|second| record.seats > 0 && second.sold >= record.seats);
    let figures = [
        ("users", numbers::count(record.users)),
        ("seats", numbers::count(record.seats)),
        ("sold", numbers::count(record.sold)),
        ("sold out after", numbers::maybe_seconds(sold_out.map(|second| second.at.into()))),
        ("payments per second", numbers::number(record.payments_per_second)),
        ("duration", numbers::seconds(record.seconds)),
    ];
    let figures: String = figures.into_iter().map(figure).collect();
    format!("<dl class=\"figures\">\n{figures}</dl>\n")
}

fn figure((name, value): (&str, String)) -> String {
    format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n")
}

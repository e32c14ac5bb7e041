//! The results of other policies: the curves, and the policy that sells out first with the waits of its users.

use std::fmt::Write;

use super::error::Error;
use super::escape::Text;
use super::{figures, numbers};
use crate::record::WhatIf;

pub(super) fn what_if(results: &[WhatIf]) -> Result<String, Error> {
    let best = best(results);
    let mut rows = String::new();
    for (index, result) in results.iter().enumerate() {
        let (class, mark) = if Some(index) == best { (" class=\"best\"", " <span class=\"mark kept\">best</span>") } else { ("", "") };
        let cells = [
            result.sold_out_after_seconds.map_or_else(|| "never".to_owned(), numbers::seconds),
            numbers::count(result.sold),
            numbers::maybe_seconds(result.wait_p50_seconds),
            numbers::maybe_seconds(result.wait_p90_seconds),
            numbers::count(result.never_admitted),
        ];
        let cells = cells.map(|cell| format!("<td class=\"n\">{cell}</td>")).concat();
        let _ = writeln!(rows, "<tr{class}><th scope=\"row\"><code>{}</code>{mark}</th>{cells}</tr>", Text(&result.policy));
    }
    let summary = best.and_then(|index| results.get(index)).map_or_else(String::new, summarize);
    let plot = figures::what_if(results)?;
    Ok(format!(
        "{summary}<div class=\"plots one\">\n{plot}</div>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Policy</th>\
         <th scope=\"col\" class=\"n\">Sold out after</th><th scope=\"col\" class=\"n\">Sold</th>\
         <th scope=\"col\" class=\"n\">Wait, p50</th><th scope=\"col\" class=\"n\">Wait, p90</th>\
         <th scope=\"col\" class=\"n\">Never admitted</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    ))
}

/// Returns the index of the policy that sells out first, or, if none does, sells most; ties are decided by the shorter waits.
pub(super) fn best(results: &[WhatIf]) -> Option<usize> {
    let or_never = |time: Option<f64>| time.unwrap_or(f64::INFINITY);
    let rank =
        |result: &WhatIf| (or_never(result.sold_out_after_seconds), or_never(result.wait_p50_seconds), or_never(result.wait_p90_seconds));
    let order = |one: &WhatIf, other: &WhatIf| {
        let (a, b) = (rank(one), rank(other));
        a.0.total_cmp(&b.0).then(other.sold.cmp(&one.sold)).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
    };
    results.iter().enumerate().min_by(|(_, one), (_, other)| order(one, other)).map(|(index, _)| index)
}

/// Describes the result of the best policy in a sentence.
fn summarize(best: &WhatIf) -> String {
    let waits = match (best.wait_p50_seconds, best.wait_p90_seconds) {
        (Some(median), Some(p90)) => {
            format!(": half of the admitted users waited at most {}, 90 % at most {}", numbers::seconds(median), numbers::seconds(p90))
        }
        (_, _) => String::new(),
    };
    let policy = Text(&best.policy);
    match best.sold_out_after_seconds {
        Some(after) => format!("<p><code>{policy}</code> sells out first, after {}{waits}.</p>\n", numbers::seconds(after)),
        None => format!("<p>No policy sells out. <code>{policy}</code> sells the most seats, {}{waits}.</p>\n", numbers::count(best.sold)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_result(sold_out: Option<f64>, sold: u64, wait: f64) -> WhatIf {
        WhatIf { sold_out_after_seconds: sold_out, sold, wait_p50_seconds: Some(wait), ..WhatIf::default() }
    }

    #[test]
    fn the_best_policy_sells_out_first_then_sells_most_then_has_the_shortest_waits() {
        assert_eq!(best(&[]), None);
        assert_eq!(best(&[a_result(None, 900, 1.0), a_result(Some(60.0), 1_000, 30.0), a_result(Some(50.0), 1_000, 40.0)]), Some(2));
        assert_eq!(best(&[a_result(Some(50.0), 1_000, 40.0), a_result(Some(50.0), 1_000, 30.0)]), Some(1));
        assert_eq!(best(&[a_result(None, 900, 1.0), a_result(None, 950, 30.0)]), Some(1));
    }
}

//! What would be under other policies: the curves, and which sells out soonest with how long a wait.

use std::fmt::Write;

use super::escape::Text;
use super::{Error, figures, numbers};
use crate::record::WhatIf;

pub(super) fn what_if(plays: &[WhatIf]) -> Result<String, Error> {
    let best = best(plays);
    let mut rows = String::new();
    for (index, play) in plays.iter().enumerate() {
        let (class, mark) = if Some(index) == best { (" class=\"best\"", " <span class=\"mark kept\">best</span>") } else { ("", "") };
        let cells = [
            play.sold_out_after_seconds.map_or_else(|| "never".to_owned(), numbers::seconds),
            numbers::count(play.sold),
            numbers::maybe_seconds(play.wait_p50_seconds),
            numbers::maybe_seconds(play.wait_p90_seconds),
            numbers::count(play.never_admitted),
        ];
        let cells = cells.map(|cell| format!("<td class=\"n\">{cell}</td>")).concat();
        let _ = writeln!(rows, "<tr{class}><th scope=\"row\"><code>{}</code>{mark}</th>{cells}</tr>", Text(&play.policy));
    }
    let says = best.and_then(|index| plays.get(index)).map_or_else(String::new, says);
    let plot = figures::what_if(plays)?;
    Ok(format!(
        "{says}<div class=\"plots one\">\n{plot}</div>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Policy</th>\
         <th scope=\"col\" class=\"n\">Sold out after</th><th scope=\"col\" class=\"n\">Sold</th>\
         <th scope=\"col\" class=\"n\">Wait, p50</th><th scope=\"col\" class=\"n\">Wait, p90</th>\
         <th scope=\"col\" class=\"n\">Never let in</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    ))
}

/// Which sells out soonest; of equals the one with the shorter wait. If none sells out, which sells most.
pub(super) fn best(plays: &[WhatIf]) -> Option<usize> {
    let ever = |maybe: Option<f64>| maybe.unwrap_or(f64::INFINITY);
    let rank = |play: &WhatIf| (ever(play.sold_out_after_seconds), ever(play.wait_p50_seconds), ever(play.wait_p90_seconds));
    let order = |one: &WhatIf, other: &WhatIf| {
        let (a, b) = (rank(one), rank(other));
        a.0.total_cmp(&b.0).then(other.sold.cmp(&one.sold)).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
    };
    plays.iter().enumerate().min_by(|(_, one), (_, other)| order(one, other)).map(|(index, _)| index)
}

fn says(best: &WhatIf) -> String {
    let waits = match (best.wait_p50_seconds, best.wait_p90_seconds) {
        (Some(half), Some(most)) => {
            format!(": of those let in, half waited at most {}, nine in ten at most {}", numbers::seconds(half), numbers::seconds(most))
        }
        (_, _) => String::new(),
    };
    let policy = Text(&best.policy);
    match best.sold_out_after_seconds {
        Some(after) => format!("<p><code>{policy}</code> sells out soonest, after {}{waits}.</p>\n", numbers::seconds(after)),
        None => format!("<p>No policy sells out. <code>{policy}</code> sells most, {} seats{waits}.</p>\n", numbers::count(best.sold)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_play(sold_out: Option<f64>, sold: u64, wait: f64) -> WhatIf {
        WhatIf { sold_out_after_seconds: sold_out, sold, wait_p50_seconds: Some(wait), ..WhatIf::default() }
    }

    #[test]
    fn the_best_sells_out_soonest_then_sells_most_then_lets_wait_least() {
        assert_eq!(best(&[]), None);
        assert_eq!(best(&[a_play(None, 900, 1.0), a_play(Some(60.0), 1_000, 30.0), a_play(Some(50.0), 1_000, 40.0)]), Some(2));
        assert_eq!(best(&[a_play(Some(50.0), 1_000, 40.0), a_play(Some(50.0), 1_000, 30.0)]), Some(1));
        assert_eq!(best(&[a_play(None, 900, 1.0), a_play(None, 950, 30.0)]), Some(1));
    }
}

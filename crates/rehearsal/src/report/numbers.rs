//! Formats numbers for people.

/// The text for an unknown number.
const UNKNOWN: &str = "–";

/// Formats a count with thousands separators: `100,000`.
pub(super) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a number with up to three significant digits, or all digits before the point: `0.042`, `1.25`, `12.5`, `1,250`.
pub(super) fn number(number: f64) -> String {
    if !number.is_finite() {
        return UNKNOWN.to_owned();
    }
    let decimals = match number.abs() {
        n if n >= 99.95 => 0,
        n if n >= 9.995 => 1,
        n if n >= 0.095 => 2,
        _ => 3,
    };
    let text = format!("{number:.decimals$}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    match part.trim_end_matches('0') {
        "" if whole == "0" => whole,
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// Formats a latency: `0.8 ms`, `1.25 s`.
pub(super) fn milliseconds(ms: f64) -> String {
    match ms {
        ms if !ms.is_finite() => UNKNOWN.to_owned(),
        ms if ms < 999.5 => format!("{} ms", number(ms)),
        ms => format!("{} s", number(ms / 1_000.0)),
    }
}

/// Formats a duration: `4.2 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn seconds(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 3_600.0;
    let two = |whole: f64, unit, part: f64, smaller| match part {
        0.0 => format!("{} {unit}", number(whole)),
        part => format!("{} {unit} {part:.0} {smaller}", number(whole)),
    };
    match seconds {
        seconds if !seconds.is_finite() => UNKNOWN.to_owned(),
        seconds if seconds < 59.95 => format!("{} s", number(seconds)),
        seconds if seconds < HOUR - 0.5 => {
            let seconds = seconds.round();
            two((seconds / MINUTE).floor(), "min", seconds % MINUTE, "s")
        }
        seconds => {
            let minutes = (seconds / MINUTE).round();
            two((minutes / MINUTE).floor(), "h", minutes % MINUTE, "min")
        }
    }
}

/// Formats a duration like [`seconds`], if it is known.
pub(super) fn maybe_seconds(duration: Option<f64>) -> String {
    duration.map_or_else(|| UNKNOWN.to_owned(), seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands_separators() {
        assert_eq!([0, 999, 1_000, 100_000, 1_234_567].map(count), ["0", "999", "1,000", "100,000", "1,234,567"]);
    }

    #[test]
    fn numbers_have_three_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.0421, "0.042"),
            (0.5, "0.5"),
            (1.254, "1.25"),
            (12.54, "12.5"),
            (125.4, "125"),
            (99.96, "100"),
            (12_345.6, "12,346"),
            (-2.5, "-2.5"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
    }

    #[test]
    fn durations_have_suitable_units() {
        assert_eq!([0.84, 12.0, 999.6, 1_254.0, f64::NAN].map(milliseconds), ["0.84 ms", "12 ms", "1 s", "1.25 s", "–"]);
        for (value, text) in [
            (0.0, "0 s"),
            (4.25, "4.25 s"),
            (59.94, "59.9 s"),
            (59.96, "1 min"),
            (119.6, "2 min"),
            (200.0, "3 min 20 s"),
            (3_599.6, "1 h"),
            (7_500.0, "2 h 5 min"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(seconds(value), text, "{value}");
        }
        assert_eq!(maybe_seconds(None), "–");
    }
}

//! Output of results: tables for people, JSON for programs.

use std::io::{self, ErrorKind, Write};

use comfy_table::{Cell, CellAlignment, Table, presets};
use domain::Currency;
use serde_json::Value;

/// A column of a table: its title, and the JSON pointer of its values.
pub(crate) type Column = (&'static str, &'static str);

/// The format of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Table,
    Json,
}

impl Output {
    /// Prints `answer` as JSON, or `text` for people.
    pub(crate) fn print(self, answer: &Value, text: impl FnOnce() -> String) -> io::Result<()> {
        match self {
            Self::Table => print(text().trim_end()),
            Self::Json => print(&format!("{answer:#}")),
        }
    }

    /// Prints the items of a list.
    pub(crate) fn list(self, answer: &Value, columns: &[Column]) -> io::Result<()> {
        self.print(answer, || table(items(answer), columns))
    }

    /// Prints all members of an object.
    pub(crate) fn object(self, answer: &Value) -> io::Result<()> {
        self.print(answer, || details(answer))
    }
}

/// Prints one or more lines. A closed output is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{text}").and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// Returns the items of a list response.
pub(crate) fn items(answer: &Value) -> &[Value] {
    list(&answer["items"])
}

/// Returns the elements of an array; none if `value` is no array.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Formats rows under column titles.
pub(crate) fn table(rows: &[Value], columns: &[Column]) -> String {
    let mut table = plain();
    table.set_header(columns.iter().map(|(title, _)| title.to_uppercase()));
    for row in rows {
        table.add_row(columns.iter().map(|(_, pointer)| aligned(row.pointer(pointer).unwrap_or(&Value::Null))));
    }
    rendered(table)
}

/// Formats the names and values of all members, except lists of objects, which need tables of their own.
pub(crate) fn details(value: &Value) -> String {
    let (mut table, mut members) = (plain(), Vec::new());
    flatten(String::new(), value, &mut members);
    for (name, text) in members {
        table.add_row([name, text]);
    }
    rendered(table)
}

fn flatten(name: String, value: &Value, members: &mut Vec<(String, String)>) {
    match value {
        Value::Object(inner) if money(value).is_none() => {
            for (member, value) in inner {
                let name = if name.is_empty() { member.clone() } else { format!("{name}.{member}") };
                flatten(name, value, members);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {}
        _ => members.push((name, cell(value))),
    }
}

/// Formats some members of an object as one line.
pub(crate) fn line(value: &Value, pointers: &[&str]) -> String {
    pointers.iter().map(|pointer| cell(value.pointer(pointer).unwrap_or(&Value::Null))).collect::<Vec<_>>().join("  ")
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

fn rendered(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    format!("{}\n", table.trim_fmt())
}

fn aligned(value: &Value) -> Cell {
    let right = value.is_number() || money(value).is_some();
    Cell::new(cell(value)).set_alignment(if right { CellAlignment::Right } else { CellAlignment::Left })
}

/// Formats a value in a table. Control characters are replaced: a user's name must not control the terminal.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.chars().map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }).collect(),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(_) => money(value).unwrap_or_else(|| value.to_string()),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// Formats an amount with its decimals; the API has it in minor units.
fn money(value: &Value) -> Option<String> {
    let (minor, currency) = (value["amount"].as_i64()?, value["currency"].as_str()?);
    Some(currency.parse::<Currency>().map_or_else(|_| format!("{minor} {currency}"), |currency| currency.format(minor)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_has_titles_right_aligned_numbers_and_no_control_characters() {
        let rows = [
            json!({"name": "Ada\u{1b}[2J", "figures": {"seats": 50}, "balance": {"amount": 5, "currency": "KRW"}}),
            json!({"name": "Bo", "figures": {"seats": 15_000}}),
        ];
        let table = table(&rows, &[("name", "/name"), ("seats", "/figures/seats"), ("balance", "/balance")]);
        assert_eq!(table, "NAME     SEATS  BALANCE\nAda\u{fffd}[2J     50    5 KRW\nBo       15000  -\n");
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let rows = [
            json!({"revenue": {"amount": 2_550, "currency": "USD"}}),
            json!({"revenue": {"amount": -50_000, "currency": "KRW"}}),
            json!({"revenue": {"amount": 7, "currency": "points"}}),
        ];
        assert_eq!(table(&rows, &[("revenue", "/revenue")]), "REVENUE\n 25.50 USD\n-50000 KRW\n  7 points\n");
        assert!(details(&rows[0]).contains("revenue  25.50 USD"));
    }

    #[test]
    fn details_show_inner_members_and_omit_lists_of_objects() {
        let answer = json!({"id": "x", "policy": {"batch": 5}, "message": null, "schedules": [{"id": "y"}], "roles": ["a", "b"]});
        let text = details(&answer);
        for line in ["id            x", "policy.batch  5", "message       -", "roles         a, b"] {
            assert!(text.contains(line), "{text}");
        }
        assert!(!text.contains("schedules"), "{text}");
    }
}

//! What the scripts make: tables, indexes and triggers, by name.

use std::collections::BTreeMap;

/// The tables, and the indexes and triggers on them, that `scripts` leave behind. A statement that makes or drops one begins a line, in capitals, and
/// names it there. Each comes with its table; a table is its own.
pub(crate) fn made_by<'a>(scripts: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, &'a str> {
    let mut made: BTreeMap<&str, &str> = BTreeMap::new();
    for line in scripts.into_iter().flat_map(str::lines) {
        let words: Vec<&str> = line.split([' ', '(', ',', ';']).filter(|word| !word.is_empty()).collect();
        match words[..] {
            ["CREATE", "TABLE", name, ..] => {
                made.insert(name, name);
            }
            ["CREATE", "UNIQUE", "INDEX", name, ..] | ["CREATE", "INDEX" | "TRIGGER", name, ..] => {
                let table = words.iter().skip_while(|word| **word != "ON").nth(1);
                made.extend(table.map(|table| (name, *table)));
            }
            ["DROP", "TABLE", ref names @ ..] => made.retain(|_, table| !names.contains(table)),
            ["DROP", "INDEX" | "TRIGGER", name, ..] => {
                made.remove(name);
            }
            ["ALTER", "TABLE", old, "RENAME", "TO", new, ..] => {
                let renamed = |name, table| if table == old { (if name == old { new } else { name }, new) } else { (name, table) };
                made = made.into_iter().map(|(name, table)| renamed(name, table)).collect();
            }
            _ => {}
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_and_not_dropped_is_left() {
        let first =
            "CREATE TABLE a (\n    id int\n);\nCREATE UNIQUE INDEX a_id ON a (id);\nCREATE TRIGGER a_stays BEFORE UPDATE ON a BEGIN";
        let second =
            "CREATE TABLE b (id int);\nCREATE INDEX b_id ON b (id);\nDROP INDEX a_id;\nDROP TABLE b;\nCREATE INDEX a_other ON a(other);";
        assert_eq!(made_by([first]), BTreeMap::from([("a", "a"), ("a_id", "a"), ("a_stays", "a")]));
        assert_eq!(made_by([first, second]), BTreeMap::from([("a", "a"), ("a_other", "a"), ("a_stays", "a")]));
    }

    #[test]
    fn a_renamed_table_keeps_what_is_on_it() {
        let rebuilt = "CREATE TABLE a (id int);\nCREATE TABLE new_a (id int);\nCREATE INDEX a_id ON new_a (id);\nDROP TABLE a;\nALTER TABLE new_a RENAME TO a;";
        assert_eq!(made_by([rebuilt]), BTreeMap::from([("a", "a"), ("a_id", "a")]));
    }
}

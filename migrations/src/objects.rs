//! The objects that the scripts create: tables, indexes and triggers, by name.

use std::collections::BTreeMap;

/// Returns the tables that exist after `scripts`, and their indexes and triggers, each with its table; a table with itself. A statement
/// that creates or drops one must begin a line, in capitals, with the name in the same line.
pub(crate) fn created_by<'a>(scripts: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, &'a str> {
    let mut objects: BTreeMap<&str, &str> = BTreeMap::new();
    for line in scripts.into_iter().flat_map(str::lines) {
        let words: Vec<&str> = line.split([' ', '(', ',', ';']).filter(|word| !word.is_empty()).collect();
        match words[..] {
            ["CREATE", "TABLE", name, ..] => {
                objects.insert(name, name);
            }
            ["CREATE", "UNIQUE", "INDEX", name, ..] | ["CREATE", "INDEX" | "TRIGGER", name, ..] => {
                let table = words.iter().skip_while(|word| **word != "ON").nth(1);
                objects.extend(table.map(|table| (name, *table)));
            }
            ["DROP", "TABLE", ref names @ ..] => objects.retain(|_, table| !names.contains(table)),
            ["DROP", "INDEX" | "TRIGGER", name, ..] => {
                objects.remove(name);
            }
            ["ALTER", "TABLE", old, "RENAME", "TO", new, ..] => {
                let renamed = |name, table| if table == old { (if name == old { new } else { name }, new) } else { (name, table) };
                objects = objects.into_iter().map(|(name, table)| renamed(name, table)).collect();
            }
            _ => {}
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_that_are_created_and_not_dropped_are_returned() {
        let first =
            "CREATE TABLE a (\n    id int\n);\nCREATE UNIQUE INDEX a_id ON a (id);\nCREATE TRIGGER a_stays BEFORE UPDATE ON a BEGIN";
        let second =
            "CREATE TABLE b (id int);\nCREATE INDEX b_id ON b (id);\nDROP INDEX a_id;\nDROP TABLE b;\nCREATE INDEX a_other ON a(other);";
        assert_eq!(created_by([first]), BTreeMap::from([("a", "a"), ("a_id", "a"), ("a_stays", "a")]));
        assert_eq!(created_by([first, second]), BTreeMap::from([("a", "a"), ("a_other", "a"), ("a_stays", "a")]));
    }

    #[test]
    fn a_renamed_table_keeps_its_indexes_and_triggers() {
        let rebuilt = "CREATE TABLE a (id int);\nCREATE TABLE new_a (id int);\nCREATE INDEX a_id ON new_a (id);\nDROP TABLE a;\nALTER TABLE new_a RENAME TO a;";
        assert_eq!(created_by([rebuilt]), BTreeMap::from([("a", "a"), ("a_id", "a")]));
    }
}

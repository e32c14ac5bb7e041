//! The page that contains the last table.

use std::fs;
use std::path::Path;

use anyhow::Context;

const FROM: &str = "<!-- table -->";
const TO: &str = "<!-- /table -->";

/// Replaces the text between the marks of `page` with `tables`.
pub(crate) fn replace_tables(page: &Path, tables: &str) -> anyhow::Result<()> {
    let read = || format!("{}: the marks for the tables are missing", page.display());
    let text = fs::read_to_string(page).with_context(read)?;
    let text = replaced(&text, tables).with_context(read)?;
    fs::write(page, text).with_context(|| format!("{} can't be written", page.display()))
}

fn replaced(text: &str, tables: &str) -> Option<String> {
    let (before, rest) = text.split_once(FROM)?;
    let (_, after) = rest.split_once(TO)?;
    Some(format!("{before}{FROM}\n\n{}\n\n{TO}{after}", tables.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let once = replaced("# A\n<!-- table -->\nold\n<!-- /table -->\nB\n", "new\n").unwrap();
        assert_eq!(once, "# A\n<!-- table -->\n\nnew\n\n<!-- /table -->\nB\n");
        assert_eq!(replaced(&once, "new").unwrap(), once);
        assert_eq!(replaced("no marks", "new"), None);
    }
}

//! The page that keeps the last table.

use std::fs;
use std::path::Path;

use anyhow::Context;

const FROM: &str = "<!-- table -->";
const TO: &str = "<!-- /table -->";

/// Puts `tables` between the marks of `page`, in place of what is there.
pub(crate) fn keep(page: &Path, tables: &str) -> anyhow::Result<()> {
    let read = || format!("{}: the tables have no place", page.display());
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
    fn what_is_between_the_marks_is_replaced_and_nothing_else() {
        let once = replaced("# A\n<!-- table -->\nold\n<!-- /table -->\nB\n", "new\n").unwrap();
        assert_eq!(once, "# A\n<!-- table -->\n\nnew\n\n<!-- /table -->\nB\n");
        assert_eq!(replaced(&once, "new").unwrap(), once);
        assert_eq!(replaced("no marks", "new"), None);
    }
}

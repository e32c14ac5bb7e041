//! The page that contains the last tables.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Replaces the text between the marks `<!-- MARK -->` and `<!-- /MARK -->` of `page` with `tables`.
pub(crate) fn replace_tables(page: &Path, mark: &str, tables: &str) -> anyhow::Result<()> {
    let read = || format!("{}: the marks for the tables are missing", page.display());
    let text = fs::read_to_string(page).with_context(read)?;
    let text = replaced(&text, mark, tables).with_context(read)?;
    fs::write(page, text).with_context(|| format!("{} can't be written", page.display()))
}

fn replaced(text: &str, mark: &str, tables: &str) -> Option<String> {
    let (from, to) = (format!("<!-- {mark} -->"), format!("<!-- /{mark} -->"));
    let (before, rest) = text.split_once(&from)?;
    let (_, after) = rest.split_once(&to)?;
    Some(format!("{before}{from}\n\n{}\n\n{to}{after}", tables.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let page = "# A\n<!-- table -->\nold\n<!-- /table -->\nB\n<!-- other -->\nC\n<!-- /other -->\n";
        let once = replaced(page, "table", "new\n").unwrap();
        assert_eq!(once, "# A\n<!-- table -->\n\nnew\n\n<!-- /table -->\nB\n<!-- other -->\nC\n<!-- /other -->\n");
        assert_eq!(replaced(&once, "table", "new").unwrap(), once);
        assert_eq!(replaced("no marks", "table", "new"), None);
    }
}

//! Modules as they are sent: without the comments that are only for readers of the source, which are a third of it.

/// Returns `source` without the lines that are comments. The other lines keep their numbers.
pub(crate) fn without_comments(source: &str) -> String {
    let mut is_inside = false;
    let lines = source.lines().map(|line| {
        let text = line.trim();
        let is_comment = is_inside || text.starts_with("//") || (text.starts_with("/*") && ends_with_comment(text));
        is_inside = (is_inside || text.starts_with("/*")) && !text.contains("*/");
        if is_comment { "" } else { line }
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Whether the comment that begins the line also ends it, or goes on after it: no code follows it.
fn ends_with_comment(text: &str) -> bool {
    text.find("*/").is_none_or(|end| end + 2 == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_comments_are_left_empty() {
        let source = "// The file.\n\n/**\n * A function.\n * @param {string} a\n */\nfunction f(a) {\n  // Why.\n  return a; // End.\n}\n/** @type {X} */\nlet x;\n";
        let sent = without_comments(source);
        assert_eq!(sent, "\n\n\n\n\n\nfunction f(a) {\n\n  return a; // End.\n}\n\nlet x;\n");
        assert_eq!(sent.lines().count(), source.lines().count());
    }

    #[test]
    fn code_beside_a_comment_is_kept() {
        for code in ["/** @type {X} */ (value);\n", "  *[Symbol.iterator]() {}\n", "a = b /* c */ * d;\n", "const url = 'http://x';\n"] {
            assert_eq!(without_comments(code), code);
        }
    }
}

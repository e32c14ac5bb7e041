//! Lists of header values, read from the end: trusted proxies append their elements, whatever a client wrote before them.

/// Returns the elements of a list, the last one first. A comma in quotes is no separator; an unclosed quote of a client ends where a
/// proxy's element begins, since quotes are matched from the end.
pub(super) fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(list);
    std::iter::from_fn(move || {
        let list = rest?;
        let (before, element) = match last_outside_quotes(list, b',') {
            Some(comma) => (Some(&list[..comma]), &list[comma + 1..]),
            None => (None, list),
        };
        rest = before;
        Some(element.trim_ascii())
    })
}

/// Returns the node of an element of `Forwarded` (RFC 7239): the value of `for`, quoted or not.
pub(super) fn node(element: &[u8]) -> Option<&[u8]> {
    let mut rest = element;
    loop {
        let (before, pair) = match last_outside_quotes(rest, b';') {
            Some(semicolon) => (&rest[..semicolon], &rest[semicolon + 1..]),
            None => (&rest[..0], rest),
        };
        let equals = pair.iter().position(|byte| *byte == b'=');
        if let Some((name, value)) = equals.map(|equals| (&pair[..equals], &pair[equals + 1..]))
            && name.trim_ascii().eq_ignore_ascii_case(b"for")
        {
            return Some(value.trim_ascii());
        }
        if before.is_empty() {
            return None;
        }
        rest = before;
    }
}

/// Returns the index of the last `separator` outside of quotes, with quotes matched from the end.
fn last_outside_quotes(text: &[u8], separator: u8) -> Option<usize> {
    let mut quoted = false;
    text.iter().rposition(|byte| {
        quoted ^= *byte == b'"';
        !quoted && *byte == separator
    })
}

//! Reading of text files in the common encodings of editors: UTF-8 with or without a byte order mark, or UTF-16 with one.

use std::io::{self, ErrorKind, Read};

const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF_16_LE_MARK: &[u8] = b"\xff\xfe";
const UTF_16_BE_MARK: &[u8] = b"\xfe\xff";

/// Reads the whole text of `source`, without its byte order mark.
pub(crate) fn read(mut source: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    decode(&bytes)
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it is neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8"))
}

fn decode(bytes: &[u8]) -> Option<String> {
    let text = if let Some(rest) = bytes.strip_prefix(UTF_8_MARK) {
        String::from_utf8(rest.to_vec()).ok()
    } else if let Some(rest) = bytes.strip_prefix(UTF_16_LE_MARK) {
        utf_16(rest, u16::from_le_bytes)
    } else if let Some(rest) = bytes.strip_prefix(UTF_16_BE_MARK) {
        utf_16(rest, u16::from_be_bytes)
    } else {
        String::from_utf8(bytes.to_vec()).ok()
    };
    // Text contains no NUL: this is UTF-16 without its mark, or UTF-32.
    text.filter(|text| !text.contains('\0'))
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if rest.is_empty() { String::from_utf16(&pairs.iter().copied().map(unit).collect::<Vec<_>>()).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\"name\": \"Núñez 🎵\"}";

    fn units(to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        TEXT.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn a_text_is_decoded_equally_from_each_encoding() {
        let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        for bytes in [
            TEXT.as_bytes().to_vec(),
            [UTF_8_MARK, TEXT.as_bytes()].concat(),
            [UTF_16_LE_MARK, &little].concat(),
            [UTF_16_BE_MARK, &big].concat(),
        ] {
            assert_eq!(read(bytes.as_slice()).unwrap(), TEXT, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn an_unknown_encoding_is_refused_with_advice() {
        let little = units(u16::to_le_bytes);
        let utf_32: Vec<_> = "{}".chars().flat_map(|char| u32::from(char).to_le_bytes()).collect();
        for bytes in [
            b"{\"name\": \"N\xfa\xf1ez\"}".to_vec(),
            little.clone(),
            [UTF_16_LE_MARK, &little[1..]].concat(),
            [UTF_16_LE_MARK, &[0, 0xd8]].concat(),
            [UTF_16_LE_MARK, &[0, 0], &utf_32].concat(),
        ] {
            let error = read(bytes.as_slice()).unwrap_err().to_string();
            assert!(error.contains("save it as UTF-8"), "{error}: {}", bytes.escape_ascii());
        }
    }
}

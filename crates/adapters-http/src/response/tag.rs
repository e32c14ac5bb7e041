//! Entity tags of representations. All are weak: they promise the same meaning, not the same bytes.

use std::fmt::Write as _;

use actix_web::http::header::{EntityTag, HeaderValue, TryIntoHeaderValue as _};
use sha2::{Digest as _, Sha256};

/// The length of the digest in a tag, in bytes.
const DIGEST_BYTES: usize = 12;

/// The suffixes that compressing proxies append to the opaque part of a tag, instead of making the tag weak.
const CODINGS: &[&str] = &["-gzip", "-br", "-zstd", "-deflate"];

/// The entity tag of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(EntityTag);

impl Tag {
    /// Creates the tag of a representation with `content`, from a digest.
    pub(crate) fn of(content: &[u8]) -> Self {
        let mut digest = String::with_capacity(2 * DIGEST_BYTES);
        for byte in Sha256::digest(content).iter().take(DIGEST_BYTES) {
            // Writing to a string can't fail.
            let _ = write!(digest, "{byte:02x}");
        }
        Self(EntityTag::new_weak(digest))
    }

    /// Creates a readable tag. The text must be visible ASCII without quotes.
    pub(crate) fn readable(text: impl std::fmt::Display) -> Self {
        Self(EntityTag::new_weak(text.to_string()))
    }

    /// Returns whether `tag` names the same representation, by the weak comparison, whatever a compressing proxy appended to it.
    pub(crate) fn matches(&self, tag: &EntityTag) -> bool {
        self.0.tag() == without_coding(tag)
    }

    /// Returns the tag as the value of `ETag`.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        self.0.clone().try_into_value().ok()
    }
}

/// Returns the opaque part of `tag` without the suffix of a compressing proxy.
pub(crate) fn without_coding(tag: &EntityTag) -> &str {
    let opaque = tag.tag();
    CODINGS.iter().find_map(|coding| opaque.strip_suffix(coding)).unwrap_or(opaque)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_contents_have_different_tags() {
        assert_eq!(Tag::of(b"a"), Tag::of(b"a"));
        assert_ne!(Tag::of(b"a"), Tag::of(b"b"));
    }
}

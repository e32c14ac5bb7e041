//! A file in memory, as it is and compressed.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header as _, IfNoneMatch};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// Smaller files fit into one packet anyway.
const MIN_COMPRESSED_BYTES: usize = 1_400;
/// The number of bytes of a digest that names files: 80 bits.
const DIGEST_BYTES: usize = 10;

/// A file that is ready to be sent.
#[derive(Debug)]
pub(crate) struct File {
    media_type: &'static str,
    tag: EntityTag,
    content: Bytes,
    /// None if it would not be shorter. Compressed for the first client that accepts it, since a start doesn't need it.
    gzip: OnceLock<Option<Bytes>>,
}

impl File {
    /// Creates a file.
    pub(crate) fn new(media_type: &'static str, content: Vec<u8>) -> Self {
        let tag = EntityTag::new_strong(digest([content.as_slice()]));
        Self { media_type, tag, content: content.into(), gzip: OnceLock::new() }
    }

    /// Returns the compressed content, if it is shorter.
    fn gzip(&self) -> Option<&Bytes> {
        let compress = || (self.content.len() >= MIN_COMPRESSED_BYTES).then(|| compress(&self.content).ok()).flatten();
        let is_shorter = |gzip: &Vec<u8>| gzip.len() < self.content.len();
        self.gzip.get_or_init(|| compress().filter(is_shorter).map(Bytes::from)).as_ref()
    }

    /// Returns the response with this file, or without it if the client already has it.
    pub(crate) fn respond(&self, request: &HttpRequest, mut response: HttpResponseBuilder) -> HttpResponse {
        response.insert_header(ETag(self.tag.clone())).insert_header((header::VARY, "accept-encoding"));
        if self.is_known(request) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        response.insert_header((header::CONTENT_TYPE, self.media_type));
        match accepts_gzip(request).then(|| self.gzip()).flatten() {
            Some(gzip) => response.insert_header(ContentEncoding::Gzip).body(gzip.clone()),
            None => response.body(self.content.clone()),
        }
    }

    /// Returns whether the client has this version. Tags are compared weakly, since proxies that compress weaken them.
    fn is_known(&self, request: &HttpRequest) -> bool {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.tag)),
            Err(_) => false,
        }
    }
}

fn accepts_gzip(request: &HttpRequest) -> bool {
    let supported = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request).is_ok_and(|accepted| accepted.negotiate(supported.iter()) == Some(Encoding::gzip()))
}

fn compress(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

/// Returns a digest of `parts`, as text that is valid in addresses and headers.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(DIGEST_BYTES).fold(String::new(), |mut text, byte| {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns the media type of a file with this name; none if pages have no such files.
pub(crate) fn media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_depends_on_each_part_and_on_where_it_ends() {
        let of = |parts: &[&'static [u8]]| digest(parts.iter().copied());
        assert_eq!(of(&[b"a", b"b"]), of(&[b"a", b"b"]));
        assert_ne!(of(&[b"a", b"b"]), of(&[b"ab"]));
        assert_ne!(of(&[b"a", b"b"]), of(&[b"b", b"a"]));
        assert_eq!(of(&[b"a"]).len(), 20);
    }

    #[test]
    fn a_file_that_compression_does_not_shorten_is_sent_as_it_is() {
        let noise: Vec<u8> = (0..200_u32).flat_map(|index| Sha256::digest(index.to_be_bytes())).collect();
        assert!(File::new("image/svg+xml", noise).gzip().is_none());
        assert!(File::new("text/css", b"a".repeat(2_000)).gzip().is_some());
        assert!(File::new("text/css", b"a".repeat(1_000)).gzip().is_none());
    }
}

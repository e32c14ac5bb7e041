//! Responses that are compressed once and shared by all requests.

use std::io::Write as _;

use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::problem::Problem;

/// JSON, as it is and compressed.
#[derive(Debug, Clone)]
pub(crate) struct CompressedJson {
    /// The JSON.
    pub(crate) json: Bytes,
    gzip: Bytes,
}

impl CompressedJson {
    /// Compresses `json`. This takes milliseconds for a large document.
    pub(crate) fn new(json: Vec<u8>) -> Result<Self, Problem> {
        let gzip = gzip(&json, Compression::default())?;
        Ok(Self { json: json.into(), gzip })
    }

    /// Returns the number of bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.json.len() + self.gzip.len()
    }

    /// Returns the body for a client that accepts or doesn't accept gzip.
    pub(crate) fn body(&self, accepts_gzip: bool) -> Bytes {
        if accepts_gzip { self.gzip.clone() } else { self.json.clone() }
    }
}

/// Compresses `body`.
pub(crate) fn gzip(body: &[u8], level: Compression) -> Result<Bytes, Problem> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), level);
    let gzip = encoder.write_all(body).and_then(|()| encoder.finish()).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a response can't be compressed");
        Problem::internal()
    })?;
    Ok(gzip.into())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_compressed_body_has_the_same_content(json: Vec<u8>) {
            let compressed = CompressedJson::new(json.clone()).map_err(|_| TestCaseError::fail("not compressed"))?;
            let mut read = Vec::new();
            GzDecoder::new(&compressed.body(true)[..]).read_to_end(&mut read)?;
            prop_assert_eq!(&read, &json);
            prop_assert_eq!(&compressed.body(false)[..], &json[..]);
        }
    }
}

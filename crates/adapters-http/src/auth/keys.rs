//! The public keys of an external issuer, as it publishes them.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, DecodingKeyKind};
use pem::Pem;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::algorithm::SigningAlgorithm;

/// The maximum number of keys, more than any issuer has at once.
const MAX_KEYS: usize = 32;
/// The smallest RSA modulus, in bytes.
const MIN_MODULUS_BYTES: usize = 256;
const PUBLIC_KEY_TAGS: [&str; 2] = ["PUBLIC KEY", "RSA PUBLIC KEY"];
const UNCOMPRESSED_P256_POINT_BYTES: usize = 65;
const ED25519_POINT_BYTES: usize = 32;

/// Public keys for one algorithm.
#[derive(Debug, Clone)]
pub struct Keys {
    keys: Vec<Key>,
    /// The digest of the document that the keys were read from.
    digest: [u8; 32],
}

#[derive(Debug, Clone)]
struct Key {
    /// None: a key without an id, which may have signed tokens with any `kid`.
    kid: Option<String>,
    verifying: DecodingKey,
}

/// A JSON Web Key Set; unsupported keys in it are allowed.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The document contains no usable keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeysError {
    /// The document is not PEM, or not of public keys.
    #[error("is not a PEM document of public keys (BEGIN PUBLIC KEY)")]
    NotPem,
    /// The document contains a private key.
    #[error("contains a private key, which belongs to the issuer alone: configure its public key")]
    Private,
    /// The document is not a JSON Web Key Set.
    #[error("is not a JSON Web Key Set")]
    NotJwks,
    /// The document contains no key for the pinned algorithm.
    #[error("contains no key for {0}")]
    NoneFits(SigningAlgorithm),
    /// The document contains too many keys.
    #[error("contains more than {MAX_KEYS} keys")]
    TooMany,
}

impl Keys {
    /// Returns an empty set, for an issuer whose keys are not known yet.
    pub const fn none() -> Self {
        Self { keys: Vec::new(), digest: [0; 32] }
    }

    /// Reads one or more keys from a PEM document. Each of them is tried, whatever the token's `kid` is.
    ///
    /// # Errors
    /// [`KeysError`] unless each is a public key for `algorithm`.
    pub fn from_pem(document: &str, algorithm: SigningAlgorithm) -> Result<Self, KeysError> {
        if document.contains("PRIVATE KEY-----") {
            return Err(KeysError::Private);
        }
        let blocks = pem::parse_many(document).map_err(|_| KeysError::NotPem)?;
        // The parser ignores an incomplete block.
        let is_complete = !blocks.is_empty() && blocks.len() == document.matches("-----BEGIN ").count();
        if !is_complete || !blocks.iter().all(|block| PUBLIC_KEY_TAGS.contains(&block.tag())) {
            return Err(KeysError::NotPem);
        }
        let keys = blocks.iter().map(|block| {
            let verifying = from_block(block, algorithm).ok_or(KeysError::NoneFits(algorithm))?;
            Ok(Key { kid: None, verifying })
        });
        Self::of(keys.collect::<Result<_, KeysError>>()?, document)
    }

    /// Reads the keys for `algorithm` from a JSON Web Key Set; other keys are ignored.
    ///
    /// # Errors
    /// [`KeysError`] if there is none.
    pub fn from_jwks(document: &str, algorithm: SigningAlgorithm) -> Result<Self, KeysError> {
        let set: KeySet = serde_json::from_str(document).map_err(|_| KeysError::NotJwks)?;
        let keys: Vec<Key> = set.keys.into_iter().filter_map(|key| from_jwk(&Jwk::deserialize(key).ok()?, algorithm)).collect();
        if keys.is_empty() { Err(KeysError::NoneFits(algorithm)) } else { Self::of(keys, document) }
    }

    fn of(keys: Vec<Key>, document: &str) -> Result<Self, KeysError> {
        if keys.len() > MAX_KEYS { Err(KeysError::TooMany) } else { Ok(Self { keys, digest: Sha256::digest(document).into() }) }
    }

    /// Returns the keys that may have signed a token with this `kid`: those with this id and those without one. A token without a `kid` may
    /// have been signed with any key.
    pub(super) fn named<'a>(&'a self, kid: Option<&'a str>) -> impl Iterator<Item = &'a DecodingKey> {
        let matches = move |key: &&Key| kid.is_none_or(|kid| key.kid.as_deref().is_none_or(|id| id == kid));
        self.keys.iter().filter(matches).map(|key| &key.verifying)
    }

    /// Returns whether both were read from the same document.
    pub(super) fn has_same_source(&self, others: &Self) -> bool {
        self.digest == others.digest
    }
}

fn from_block(block: &Pem, algorithm: SigningAlgorithm) -> Option<DecodingKey> {
    let block = pem::encode(block);
    let key = match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => DecodingKey::from_rsa_pem(block.as_bytes()),
        SigningAlgorithm::Es256 => DecodingKey::from_ec_pem(block.as_bytes()),
        SigningAlgorithm::EdDsa => DecodingKey::from_ed_pem(block.as_bytes()),
    };
    key.ok().filter(|key| has_valid_size(key, algorithm))
}

/// Returns the key if it is a signing key for `algorithm`.
fn from_jwk(key: &Jwk, algorithm: SigningAlgorithm) -> Option<Key> {
    let common = &key.common;
    let has_type = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256) => true,
        (AlgorithmParameters::EllipticCurve(curve), SigningAlgorithm::Es256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(pair), SigningAlgorithm::EdDsa) => pair.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let is_for_signing = common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify))
        && common.key_algorithm.is_none_or(|name| name.to_string() == algorithm.to_string());
    let verifying = DecodingKey::from_jwk(key).ok().filter(|key| has_type && is_for_signing && has_valid_size(key, algorithm))?;
    Some(Key { kid: common.key_id.clone(), verifying })
}

/// Returns whether the key has the size that its algorithm requires. Whether a point is on the curve is only checked by verification.
fn has_valid_size(key: &DecodingKey, algorithm: SigningAlgorithm) -> bool {
    match (algorithm, key.kind()) {
        (SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256, DecodingKeyKind::RsaModulusExponent { n, .. }) => {
            n.iter().skip_while(|byte| **byte == 0).count() >= MIN_MODULUS_BYTES
        }
        (SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256, DecodingKeyKind::SecretOrDer(der)) => der.len() > MIN_MODULUS_BYTES,
        (SigningAlgorithm::Es256, DecodingKeyKind::SecretOrDer(point)) => point.len() == UNCOMPRESSED_P256_POINT_BYTES,
        (SigningAlgorithm::EdDsa, DecodingKeyKind::SecretOrDer(point)) => point.len() == ED25519_POINT_BYTES,
        (SigningAlgorithm::Es256 | SigningAlgorithm::EdDsa, DecodingKeyKind::RsaModulusExponent { .. }) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RSA: &str = include_str!("../../tests/keys/test-only-rsa-public.pem");
    const PRIVATE: &str = include_str!("../../tests/keys/test-only-rsa-private.pem");
    const ED: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";

    fn error(keys: Result<Keys, KeysError>) -> Option<KeysError> {
        keys.err()
    }

    #[test]
    fn public_keys_for_the_algorithm_are_read_from_pem() {
        assert_eq!(Keys::from_pem(RSA, SigningAlgorithm::Rs256).map(|keys| keys.named(Some("any")).count()), Ok(1));
        assert_eq!(Keys::from_pem(ED, SigningAlgorithm::EdDsa).map(|keys| keys.named(None).count()), Ok(1));
        let both = format!("the old one\n{RSA}\nthe new one\n{RSA}");
        assert_eq!(Keys::from_pem(&both, SigningAlgorithm::Ps256).map(|keys| keys.named(None).count()), Ok(2));
        assert_eq!(error(Keys::from_pem(RSA, SigningAlgorithm::Es256)), Some(KeysError::NoneFits(SigningAlgorithm::Es256)));
        assert_eq!(error(Keys::from_pem(ED, SigningAlgorithm::Es256)), Some(KeysError::NoneFits(SigningAlgorithm::Es256)));
        assert_eq!(error(Keys::from_pem(ED, SigningAlgorithm::Rs256)), Some(KeysError::NoneFits(SigningAlgorithm::Rs256)));
        let half = RSA.get(..RSA.len() / 2).unwrap_or_default();
        assert_eq!(error(Keys::from_pem(half, SigningAlgorithm::Rs256)), Some(KeysError::NotPem));
        assert_eq!(error(Keys::from_pem(&format!("{RSA}{half}"), SigningAlgorithm::Rs256)), Some(KeysError::NotPem));
        assert_eq!(error(Keys::from_pem(&RSA.repeat(33), SigningAlgorithm::Rs256)), Some(KeysError::TooMany));
    }

    #[test]
    fn private_keys_and_invalid_pem_documents_are_refused() {
        assert_eq!(error(Keys::from_pem(PRIVATE, SigningAlgorithm::Rs256)), Some(KeysError::Private));
        assert_eq!(error(Keys::from_pem(&format!("{RSA}{PRIVATE}"), SigningAlgorithm::Rs256)), Some(KeysError::Private));
        let certificate = RSA.replace("PUBLIC KEY", "CERTIFICATE");
        for document in ["", "key", "{}", &certificate] {
            assert_eq!(error(Keys::from_pem(document, SigningAlgorithm::Rs256)), Some(KeysError::NotPem), "{document}");
        }
    }

    #[test]
    fn only_signing_keys_for_the_algorithm_are_read_from_a_key_set() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let good = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": x});
        let with = |name: &str, value: Value| {
            let mut key = good.clone();
            key[name] = value;
            key
        };
        for (key, is_read) in [
            (good.clone(), true),
            (with("use", json!("sig")), true),
            (with("alg", json!("EdDSA")), true),
            (with("key_ops", json!(["verify"])), true),
            (with("use", json!("enc")), false),
            (with("alg", json!("ES256")), false),
            (with("alg", json!("something new")), false),
            (with("key_ops", json!(["encrypt"])), false),
            (with("crv", json!("X25519")), false),
            (with("x", json!("11qYAYKxCrfVS")), false),
            (json!({"kty": "oct", "kid": "a", "k": x}), false),
            (json!({"kty": "EC", "crv": "P-256", "kid": "a", "x": x, "y": x}), false),
            (json!({"kty": "RSA", "kid": "a", "n": x, "e": "AQAB"}), false),
            (json!({"kty": "something new"}), false),
        ] {
            let set = json!({"keys": [key, {"kty": "something newer", "kid": 7}]}).to_string();
            assert_eq!(Keys::from_jwks(&set, SigningAlgorithm::EdDsa).is_ok(), is_read, "{key}");
        }
        let small = json!({"keys": [{"kty": "RSA", "kid": "a", "n": x.repeat(5), "e": "AQAB"}]}).to_string();
        assert_eq!(error(Keys::from_jwks(&small, SigningAlgorithm::Rs256)), Some(KeysError::NoneFits(SigningAlgorithm::Rs256)));
        for document in ["", "[]", "{}", r#"{"keys": {}}"#] {
            assert_eq!(error(Keys::from_jwks(document, SigningAlgorithm::Rs256)), Some(KeysError::NotJwks), "{document}");
        }
    }

    #[test]
    fn a_kid_selects_its_key_and_keys_without_an_id() {
        let key = |kid: Value| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let set = json!({"keys": [key(json!("a")), key(json!("b")), key(Value::Null)]}).to_string();
        let keys = Keys::from_jwks(&set, SigningAlgorithm::EdDsa).unwrap_or(Keys::none());
        let of = |kid| keys.named(kid).count();
        assert_eq!((of(Some("a")), of(Some("b")), of(Some("c")), of(None)), (2, 2, 1, 3));
    }
}

//! The public keys of an external issuer, as it publishes them.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, DecodingKeyKind};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::algorithm::SigningAlgorithm;

/// More keys than any issuer has at once.
const AT_MOST: usize = 32;
/// The smallest RSA modulus, in bytes.
const SMALLEST_MODULUS: usize = 256;
const UNCOMPRESSED_P256_POINT: usize = 65;
const ED25519_POINT: usize = 32;

/// Public keys that verify by one algorithm.
#[derive(Debug, Clone)]
pub struct Keys {
    keys: Vec<Key>,
    /// Of the document that they were read from.
    digest: [u8; 32],
}

#[derive(Debug, Clone)]
struct Key {
    /// None: a key without a name, which tokens of any `kid` may be signed with.
    kid: Option<String>,
    verifying: DecodingKey,
}

/// A JSON Web Key Set, whose keys need not all make sense.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The document holds no keys that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeysError {
    /// Not PEM, or not of public keys.
    #[error("is no PEM of public keys (BEGIN PUBLIC KEY)")]
    NotPem,
    /// There is a private key in it.
    #[error("holds a private key: it belongs to the issuer alone, here is the place of its public key")]
    Private,
    /// Not a JSON Web Key Set.
    #[error("is no JSON Web Key Set")]
    NotJwks,
    /// No key of the pinned algorithm.
    #[error("holds no key for {0}")]
    NoneFits(SigningAlgorithm),
    /// Too many keys.
    #[error("holds more than {AT_MOST} keys")]
    TooMany,
}

impl Keys {
    /// No keys, yet.
    pub const fn none() -> Self {
        Self { keys: Vec::new(), digest: [0; 32] }
    }

    /// The keys of a PEM document, one or more: each may be meant, whatever the token's `kid` says.
    ///
    /// # Errors
    /// [`KeysError`] unless each is a public key for `algorithm`.
    pub fn from_pem(document: &str, algorithm: SigningAlgorithm) -> Result<Self, KeysError> {
        if document.contains("PRIVATE KEY-----") {
            return Err(KeysError::Private);
        }
        let keys = pem_blocks(document).map(|block| {
            let verifying = from_block(block?, algorithm).ok_or(KeysError::NoneFits(algorithm))?;
            Ok(Key { kid: None, verifying })
        });
        let keys: Vec<Key> = keys.collect::<Result<_, KeysError>>()?;
        if keys.is_empty() { Err(KeysError::NotPem) } else { Self::of(keys, document) }
    }

    /// The keys of a JSON Web Key Set that are for `algorithm`; others in it are passed over.
    ///
    /// # Errors
    /// [`KeysError`] if there is none.
    pub fn from_jwks(document: &str, algorithm: SigningAlgorithm) -> Result<Self, KeysError> {
        let set: KeySet = serde_json::from_str(document).map_err(|_| KeysError::NotJwks)?;
        let keys: Vec<Key> = set.keys.into_iter().filter_map(|key| from_jwk(&Jwk::deserialize(key).ok()?, algorithm)).collect();
        if keys.is_empty() { Err(KeysError::NoneFits(algorithm)) } else { Self::of(keys, document) }
    }

    fn of(keys: Vec<Key>, document: &str) -> Result<Self, KeysError> {
        if keys.len() > AT_MOST { Err(KeysError::TooMany) } else { Ok(Self { keys, digest: Sha256::digest(document).into() }) }
    }

    /// The keys that a token with this `kid` may have been signed with: those of this name and those without one. A token that
    /// names none may have been signed with any.
    pub(super) fn named<'a>(&'a self, kid: Option<&'a str>) -> impl Iterator<Item = &'a DecodingKey> {
        let may_be = move |key: &&Key| kid.is_none_or(|kid| key.kid.as_deref().is_none_or(|name| name == kid));
        self.keys.iter().filter(may_be).map(|key| &key.verifying)
    }

    /// Whether both were read from the same document.
    pub(super) fn are(&self, others: &Self) -> bool {
        self.digest == others.digest
    }
}

/// Each `-----BEGIN …` of the document, up to the next.
fn pem_blocks(document: &str) -> impl Iterator<Item = Result<&str, KeysError>> {
    const BEGIN: &str = "-----BEGIN ";
    let kinds = ["PUBLIC KEY-----", "RSA PUBLIC KEY-----"];
    let starts: Vec<usize> = document.match_indices(BEGIN).map(|(start, _)| start).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([document.len()]).collect();
    starts.into_iter().zip(ends).map(move |(start, end)| {
        let block = document.get(start..end).ok_or(KeysError::NotPem)?;
        let is_public = block.strip_prefix(BEGIN).is_some_and(|rest| kinds.iter().any(|kind| rest.starts_with(kind)));
        if is_public { Ok(block) } else { Err(KeysError::NotPem) }
    })
}

fn from_block(block: &str, algorithm: SigningAlgorithm) -> Option<DecodingKey> {
    let key = match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => DecodingKey::from_rsa_pem(block.as_bytes()),
        SigningAlgorithm::Es256 => DecodingKey::from_ec_pem(block.as_bytes()),
        SigningAlgorithm::EdDsa => DecodingKey::from_ed_pem(block.as_bytes()),
    };
    key.ok().filter(|key| is_sound(key, algorithm))
}

/// The key, if it is one that signs by `algorithm`.
fn from_jwk(key: &Jwk, algorithm: SigningAlgorithm) -> Option<Key> {
    let about = &key.common;
    let fits = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256) => true,
        (AlgorithmParameters::EllipticCurve(curve), SigningAlgorithm::Es256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(pair), SigningAlgorithm::EdDsa) => pair.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let signs = about.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
        && about.key_operations.as_ref().is_none_or(|operations| operations.contains(&KeyOperations::Verify))
        && about.key_algorithm.is_none_or(|named| named.to_string() == algorithm.to_string());
    let verifying = DecodingKey::from_jwk(key).ok().filter(|key| fits && signs && is_sound(key, algorithm))?;
    Some(Key { kid: about.key_id.clone(), verifying })
}

/// Whether the key has the size that its algorithm asks for; whether it is on the curve shows when it verifies.
fn is_sound(key: &DecodingKey, algorithm: SigningAlgorithm) -> bool {
    match (algorithm, key.kind()) {
        (SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256, DecodingKeyKind::RsaModulusExponent { n, .. }) => {
            n.iter().skip_while(|byte| **byte == 0).count() >= SMALLEST_MODULUS
        }
        (SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256, DecodingKeyKind::SecretOrDer(der)) => der.len() > SMALLEST_MODULUS,
        (SigningAlgorithm::Es256, DecodingKeyKind::SecretOrDer(point)) => point.len() == UNCOMPRESSED_P256_POINT,
        (SigningAlgorithm::EdDsa, DecodingKeyKind::SecretOrDer(point)) => point.len() == ED25519_POINT,
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

    fn refusal(keys: Result<Keys, KeysError>) -> Option<KeysError> {
        keys.err()
    }

    #[test]
    fn a_pem_holds_public_keys_of_the_algorithm() {
        assert_eq!(Keys::from_pem(RSA, SigningAlgorithm::Rs256).map(|keys| keys.named(Some("any")).count()), Ok(1));
        assert_eq!(Keys::from_pem(ED, SigningAlgorithm::EdDsa).map(|keys| keys.named(None).count()), Ok(1));
        let both = format!("the old one\n{RSA}\nthe new one\n{RSA}");
        assert_eq!(Keys::from_pem(&both, SigningAlgorithm::Ps256).map(|keys| keys.named(None).count()), Ok(2));
        assert_eq!(refusal(Keys::from_pem(RSA, SigningAlgorithm::Es256)), Some(KeysError::NoneFits(SigningAlgorithm::Es256)));
        assert_eq!(refusal(Keys::from_pem(ED, SigningAlgorithm::Es256)), Some(KeysError::NoneFits(SigningAlgorithm::Es256)));
        assert_eq!(refusal(Keys::from_pem(ED, SigningAlgorithm::Rs256)), Some(KeysError::NoneFits(SigningAlgorithm::Rs256)));
        let half = RSA.get(..RSA.len() / 2).unwrap_or_default();
        assert_eq!(refusal(Keys::from_pem(half, SigningAlgorithm::Rs256)), Some(KeysError::NoneFits(SigningAlgorithm::Rs256)));
        assert_eq!(refusal(Keys::from_pem(&RSA.repeat(33), SigningAlgorithm::Rs256)), Some(KeysError::TooMany));
    }

    #[test]
    fn a_private_key_and_what_is_no_key_are_refused() {
        assert_eq!(refusal(Keys::from_pem(PRIVATE, SigningAlgorithm::Rs256)), Some(KeysError::Private));
        assert_eq!(refusal(Keys::from_pem(&format!("{RSA}{PRIVATE}"), SigningAlgorithm::Rs256)), Some(KeysError::Private));
        let certificate = RSA.replace("PUBLIC KEY", "CERTIFICATE");
        for document in ["", "key", "{}", &certificate] {
            assert_eq!(refusal(Keys::from_pem(document, SigningAlgorithm::Rs256)), Some(KeysError::NotPem), "{document}");
        }
    }

    #[test]
    fn of_a_key_set_those_keys_count_that_sign_by_the_algorithm() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let good = json!({"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": x});
        let with = |name: &str, value: Value| {
            let mut key = good.clone();
            key[name] = value;
            key
        };
        for (key, counts) in [
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
            assert_eq!(Keys::from_jwks(&set, SigningAlgorithm::EdDsa).is_ok(), counts, "{key}");
        }
        let small = json!({"keys": [{"kty": "RSA", "kid": "a", "n": x.repeat(5), "e": "AQAB"}]}).to_string();
        assert_eq!(refusal(Keys::from_jwks(&small, SigningAlgorithm::Rs256)), Some(KeysError::NoneFits(SigningAlgorithm::Rs256)));
        for document in ["", "[]", "{}", r#"{"keys": {}}"#] {
            assert_eq!(refusal(Keys::from_jwks(document, SigningAlgorithm::Rs256)), Some(KeysError::NotJwks), "{document}");
        }
    }

    #[test]
    fn a_name_picks_the_keys_that_may_be_meant() {
        let key = |kid: Value| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let set = json!({"keys": [key(json!("a")), key(json!("b")), key(Value::Null)]}).to_string();
        let keys = Keys::from_jwks(&set, SigningAlgorithm::EdDsa).unwrap_or(Keys::none());
        let of = |kid| keys.named(kid).count();
        assert_eq!((of(Some("a")), of(Some("b")), of(Some("c")), of(None)), (2, 2, 1, 3));
    }
}
